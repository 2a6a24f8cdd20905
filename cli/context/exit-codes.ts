import { isSureCount, type Judged, type RunVerdict } from '../../lambda/core/verdict/run-verdict.ts';

/** What a command's exit status means (docs/design.md, Command line). Scripts rely on it. */
export const EXIT = {
  /**
   * Done and proven: nothing is left. For a census: everything is counted, and nothing in doubt. For a rollback: everything
   * restored.
   */
  done: 0,
  /** Finished, but some data keys were not moved, are left, or are not proven. */
  left: 1,
  /** Refused before anything started: the input is wrong, or a premise does not hold. */
  refused: 2,
  /** Failed, or did not finish. */
  failed: 3,
  /**
   * Not shown: the command lost sight of a run that goes on, was interrupted, or could not write its result. It says nothing
   * about the run.
   */
  unseen: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What of a report decides about the exit status. */
type Concluded = Pick<Judged, 'stores'> & { readonly verdict: RunVerdict };

/**
 * The exit status of a run. It depends on the verdict alone; of a census that found something, also on whether that is certain,
 * which reports of earlier versions tell as well.
 */
export function exitCodeOf({ verdict, stores }: Concluded): ExitCode {
  switch (verdict) {
    case 'proven':
    case 'empty':
    case 'nothing-to-do':
    case 'restored':
      return EXIT.done;
    case 'counted':
      return isSureCount(stores) ? EXIT.done : EXIT.left;
    case 'not-proven':
    case 'not-restored':
      return EXIT.left;
    case 'failed':
      return EXIT.failed;
  }
}
