import { RunRefused } from './errors.ts';
import { formatProblem, type Problem } from './problem.ts';

/** Refuses to start a run, with one line for each problem. */
export function refuse(code: string, problems: readonly Problem[]): RunRefused {
  return new RunRefused(code, problems.map(formatProblem).join('\n'));
}
