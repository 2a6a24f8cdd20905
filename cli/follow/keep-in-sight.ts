import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';

/** The command no longer sees its run. The run itself does not know. */
export class LostSight extends Error {
  override readonly name = 'LostSight';
}

/** What may be wrong with one look at a run. */
export type Missed =
  /** AWS did not answer, or does not know the caller: the next look may succeed. */
  | { readonly kind: 'for-now'; readonly words: string }
  | { readonly kind: 'for-good'; readonly words: string };

export interface Sight {
  readonly runId: string;
  /** One look, which also shows progress; `undefined` if there is no such run. */
  readonly look: () => Promise<ExecutionStatus | undefined>;
  readonly missed: (error: unknown) => Missed;
  /** Waits, or returns at once when the user interrupts. */
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly interrupted: () => boolean;
  readonly note: (words: string) => void;
}

const LOOK_MS = 500;
/** Half a minute, or time enough to log in again in another window: 1, 2, 4, 8, 16 and then 30 s, ten minutes in all. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS, PATIENCE_MS] = [1_000, 30_000, 600_000];

/** Follows a run to its end, through times in which it cannot be seen. */
export async function keepInSight(sight: Sight): Promise<ExecutionStatus> {
  const { runId, look, missed, sleep, note } = sight;
  let wait = 0;
  let waited = 0;
  for (;;) {
    if (sight.interrupted()) throw new LostSight(goesOn(runId));
    try {
      const status = await look();
      if (status === undefined) throw new LostSight(`there is no run ${runId}`);
      if (status.state !== 'running') return status;
      if (wait > 0) note(`run ${runId} is in sight again`);
      [wait, waited] = [0, 0];
      await sleep(LOOK_MS);
    } catch (error) {
      if (error instanceof LostSight) throw error;
      const { kind, words } = missed(error);
      if (kind === 'for-good' || waited >= PATIENCE_MS) throw new LostSight(`${words}; ${goesOn(runId)}`);
      if (wait === 0)
        note(`lost sight of run ${runId}, which goes on: ${words}. Looking again for ten minutes`);
      wait = Math.min(Math.max(2 * wait, FIRST_WAIT_MS), LONGEST_WAIT_MS);
      waited += wait;
      await sleep(wait);
    }
  }
}

/** A run needs nobody who watches. */
function goesOn(runId: string): string {
  return `run ${runId} goes on: rewrap watch ${runId} follows it, rewrap stop ${runId} ends it`;
}
