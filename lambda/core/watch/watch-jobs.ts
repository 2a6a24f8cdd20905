import type { Job, JobSchedule } from '../model/job.ts';
import type { RunMode } from '../model/run.ts';
import type { LatestRuns } from '../plan/ports.ts';
import { knownSince, scheduleStates, type Schedules, type ScheduleState } from '../plan/scheduled-run.ts';
import { mustFireBy } from './next-firing.ts';
import { overdueRuns, type BegunRun, type OverdueRun } from './overdue-runs.ts';

/** A schedule that should have begun a run, and has not. */
interface MissedSchedule {
  readonly job: string;
  readonly mode: RunMode;
  readonly expression: string;
  /** ISO 8601. */
  readonly dueBy: string;
}

export interface Watched {
  readonly overdue: readonly OverdueRun[];
  readonly missed: readonly MissedSchedule[];
}

export interface WatchPorts {
  readonly latestRuns: LatestRuns;
  readonly schedules: Schedules;
  /** How long Plan thought that a run takes; `undefined` if its plan is gone. */
  estimatedSeconds(runId: string): Promise<number | undefined>;
}

export interface WatchRequest {
  readonly jobs: readonly Job[];
  /** Whether the deployment lets schedules start runs. */
  readonly schedulesOn: boolean;
  readonly now: number;
}

const MODES: readonly RunMode[] = ['census', 'migrate', 'verify', 'rollback'];
/** EventBridge Scheduler tries for an hour to start a run (lib/schedules), and the watch passes once a day. */
const GRACE_MS = 7_200_000;

/** What nobody hears of otherwise, because nothing happens: runs that do not end, and schedules that do not start one. */
export async function watchJobs(
  { jobs, schedulesOn, now }: WatchRequest,
  ports: WatchPorts,
): Promise<Watched> {
  const watched: Watched[] = [];
  for (const job of jobs) {
    const missed = schedulesOn ? await missedSchedules(job, now, ports) : [];
    watched.push({
      overdue: overdueRuns(job.name, await begunRuns(job.name, ports), now),
      missed,
    });
  }
  return { overdue: watched.flatMap(one => one.overdue), missed: watched.flatMap(one => one.missed) };
}

async function begunRuns(job: string, ports: WatchPorts): Promise<readonly BegunRun[]> {
  const begun: BegunRun[] = [];
  for (const mode of MODES) {
    const run = await ports.latestRuns.latest(job, mode);
    if (run === undefined) continue;
    const estimatedSeconds = run.finished ? undefined : await ports.estimatedSeconds(run.runId);
    begun.push({ mode, run, ...(estimatedSeconds !== undefined && { estimatedSeconds }) });
  }
  return begun;
}

async function missedSchedules(job: Job, now: number, ports: WatchPorts): Promise<readonly MissedSchedule[]> {
  const states = await scheduleStates(job, ports.latestRuns);
  const missed: MissedSchedule[] = [];
  for (const state of states) {
    const dueBy = state.state === 'off' ? undefined : await missedBy(job, state, { ...ports, now });
    if (dueBy === undefined) continue;
    const { mode, expression } = state;
    missed.push({ job: job.name, mode, expression, dueBy: new Date(dueBy).toISOString() });
  }
  return missed;
}

/** When it was due. A schedule that waits for a census and a migration has missed nothing: `rewrap plan` says what it waits for. */
async function missedBy(
  job: Job,
  state: ScheduleState,
  { latestRuns, schedules, now }: WatchPorts & { readonly now: number },
): Promise<number | undefined> {
  // Asked of every schedule, so that a new one is known from the first day on.
  const since = await knownSince(job, state, { schedules, now });
  if (state.state === 'waits') return undefined;
  const due = mustFireBy(state, Math.max(since, await lastBegun(job.name, state, latestRuns)));
  return due === undefined || now <= due + GRACE_MS ? undefined : due;
}

/** Of its own mode; and a schedule that waited for a census and a migration could start nothing before these. */
async function lastBegun(job: string, { mode, starts }: JobSchedule, runs: LatestRuns): Promise<number> {
  const own = await runs.latest(job, mode);
  const waitedFor =
    starts === 'after-migration'
      ? await Promise.all([runs.latest(job, 'census'), runs.latest(job, 'migrate')])
      : [];
  const finished = [own, ...waitedFor].map(run => run?.lastFinished?.startedAt);
  return Math.max(begunAt(own?.startedAt), ...finished.map(begunAt));
}

function begunAt(startedAt: string | undefined): number {
  return startedAt === undefined ? 0 : Date.parse(startedAt);
}
