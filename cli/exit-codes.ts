import type { Report } from '../lambda/core/report/report.ts';
import { isNarrowed, unsettledDataKeys } from '../lambda/core/report/conclusion.ts';

/** What a command's exit status means (DESIGN 6.5). Scripts rely on it. */
export const EXIT = {
  /** Done, and nothing is left. */
  done: 0,
  /** Finished; some data keys were not moved, or are left. */
  left: 1,
  /** Refused before anything was started: bad input, a premise. */
  refused: 2,
  /** Failed, or did not come to its end. */
  failed: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(report: Report): ExitCode {
  if (report.state === 'failed') return EXIT.failed;
  // A narrowed run has not seen everything: nobody may take it for a finished one.
  return unsettledDataKeys(report) > 0 || (report.remaining ?? 0) > 0 || isNarrowed(report)
    ? EXIT.left
    : EXIT.done;
}
