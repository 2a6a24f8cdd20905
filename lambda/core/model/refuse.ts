import { RunRefused } from './errors.ts';
import { formatProblem, type Problem } from './problem.ts';

/** Nothing is started: a line for each problem. */
export function refuse(code: string, problems: readonly Problem[]): RunRefused {
  return new RunRefused(code, problems.map(formatProblem).join('\n'));
}
