import type { RunMode } from '../model/run.ts';
import type { LatestRun } from '../plan/ports.ts';

/** A run that has begun and did not come to its end, whether it still works or nobody goes on with it. */
export interface OverdueRun {
  readonly job: string;
  readonly mode: RunMode;
  readonly runId: string;
  readonly startedAt: string;
}

export interface BegunRun {
  readonly mode: RunMode;
  readonly run: LatestRun;
  /** How long Plan thought that it takes; absent where Plan did not say it. */
  readonly estimatedSeconds?: number;
}

const DAY_MS = 86_400_000;
/** An estimate knows the rate of the run, and no throttling, no pause and no repetition. */
const TIMES_ITS_ESTIMATE = 3;

/** Modes that change records: only another such run takes up, or takes back, what one of them has left. */
const WRITING: readonly RunMode[] = ['migrate', 'rollback'];

/**
 * The latest runs of a job that are overdue: after three times what Plan estimated, and never before a day. A later run takes
 * the place of an earlier one, except that a census or a verify run ends nothing that a migration or a rollback has begun.
 */
export function overdueRuns(job: string, begun: readonly BegunRun[], now: number): readonly OverdueRun[] {
  return begun.flatMap(one => {
    const { mode, run, estimatedSeconds = 0 } = one;
    const { startedAt, runId, finished } = run;
    if (finished || startedAt === undefined || begun.some(other => replaces(other, one))) return [];
    const patience = Math.max(DAY_MS, TIMES_ITS_ESTIMATE * estimatedSeconds * 1_000);
    return now - Date.parse(startedAt) > patience ? [{ job, mode, runId, startedAt }] : [];
  });
}

function replaces(other: BegunRun, { mode, run }: BegunRun): boolean {
  const later = Date.parse(other.run.startedAt ?? '') > Date.parse(run.startedAt ?? '');
  return later && (WRITING.includes(other.mode) || !WRITING.includes(mode));
}
