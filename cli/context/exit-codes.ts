import type { Report } from '../../lambda/core/report/report.ts';

/** What a command's exit status means (docs/design.md, Command line). Scripts rely on it. */
export const EXIT = {
  /** Done and proven: nothing is left. Of a census, nothing to do; of a rollback, everything restored. */
  done: 0,
  /** Finished; some data keys are not moved, are left, or are not proven. */
  left: 1,
  /** Refused before anything was started: bad input, a premise. */
  refused: 2,
  /** Failed, or did not come to its end. */
  failed: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The verdict of a run as an exit status, and nothing besides. */
export function exitCodeOf({ verdict }: Pick<Report, 'verdict'>): ExitCode {
  switch (verdict) {
    case 'proven':
    case 'empty':
    case 'nothing-to-do':
    case 'restored':
      return EXIT.done;
    case 'not-proven':
    case 'counted':
    case 'not-restored':
      return EXIT.left;
    case 'failed':
      return EXIT.failed;
  }
}
