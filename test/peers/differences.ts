import type { Outcome } from './outcomes.ts';

/** A difference between another AWS and the embedded one that is known, and who is right by AWS's documentation. */
export interface Difference {
  readonly peer: string;
  /** The beginning of the path of the suites, below `test`. */
  readonly suite: string;
  /** Of the tests, or of what they say where they fail. */
  readonly tests?: RegExp;
  readonly messages?: RegExp;
  readonly right: 'embedded' | 'peer' | 'not documented' | 'not there';
  readonly why: string;
}

export function isOf(
  { peer, suite, tests = /^/, messages = /^/ }: Difference,
  of: string,
  outcome: Outcome,
): boolean {
  return (
    peer === of &&
    outcome.suite.startsWith(suite) &&
    tests.test(outcome.test) &&
    messages.test(outcome.message)
  );
}
