import { RunRefused } from './errors.ts';
import { formatProblem, type Problem } from './problem.ts';

/** Refuses to start a run, with one line for each problem. */
export function refuse(code: string, problems: readonly Problem[]): RunRefused {
  return new RunRefused(code, problems.map(formatProblem).join('\n'));
}

const POINTER = 'docs/runbook.md says more about';

/**
 * A refusal that names its paragraph of the runbook. Of an error that leaves a function, Step Functions is told the name and the
 * message, so the code has to be in the words.
 */
export function withRunbook(refusal: RunRefused): RunRefused {
  const { code, message } = refusal;
  return new RunRefused(code, `${message}\n${POINTER} ${code}`, { cause: refusal });
}

/** The paragraph that the words of a refusal name. */
export function runbookCode(words: string): string | undefined {
  return new RegExp(`\\n${POINTER} ([a-z]+\\.[A-Za-z]+)$`).exec(words)?.[1];
}
