import type { Child } from './execution-frame.ts';
import type { MapRun } from './map-runs.ts';
import { StatesError } from './states-error.ts';

/** The service's own limit of children at a time, which applies if MaxConcurrency is 0. */
const NO_LIMIT = 10_000;

/** Starts children as slots become free, and stops all of them once too many have failed. */
export function runChildren(
  children: readonly Child[],
  run: MapRun,
  start: (child: Child) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let ended = false;
    const end = (error?: unknown): void => {
      if (ended) return;
      ended = true;
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('a child failed', { cause: error }));
    };
    const fill = (): void => {
      if (ended) return;
      if (exceeded(run))
        return end(
          new StatesError(
            'States.ExceedToleratedFailureThreshold',
            'The specified tolerated failure threshold was exceeded',
          ),
        );
      if (next === children.length && run.counts.running === 0) return end();
      // Read the limit each time, because UpdateMapRun may have changed it.
      while (
        next < children.length &&
        run.counts.running < (run.maxConcurrency === 0 ? NO_LIMIT : run.maxConcurrency)
      ) {
        const child = children[next++] as Child;
        run.counts.pending--;
        run.counts.running++;
        start(child).then(fill, end);
      }
    };
    fill();
  });
}

function exceeded({ counts, toleratedFailureCount, toleratedFailurePercentage }: MapRun): boolean {
  if (counts.failed === 0) return false;
  const percentage = (100 * counts.failed) / Math.max(1, counts.total);
  return counts.failed > toleratedFailureCount && percentage > toleratedFailurePercentage;
}
