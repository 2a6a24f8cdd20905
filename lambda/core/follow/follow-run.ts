import { FOLLOW_TIMEOUT_SECONDS } from '../job/followed-stores.ts';
import { followRunId } from '../model/follow-run-id.ts';
import type { Unit } from '../model/run.ts';
import type { RunPlan } from '../model/run-plan.ts';

/** What a follower does has a plan and a journal like a run, so that it can be rolled back like one. */
export interface FollowRun {
  readonly plan: RunPlan;
  readonly units: readonly Unit[];
}

/** The run of a follower that goes on with a migration. It rests on no journal, and continues no cursor. */
export function followRun(migration: RunPlan): FollowRun {
  const { continues: _continues, restsOn: _restsOn, contradictions: _contradictions, ...plan } = migration;
  const runId = followRunId(migration.runId);
  const units = plan.stores.map((_, store) => unitOf(runId, store));
  return {
    plan: {
      ...{ ...plan, runId, mode: 'migrate', verify: false, warnings: [] },
      ...{ units: units.length, unitsPerStore: units.map(() => 1), workers: 1 },
      workerTimeoutSeconds: FOLLOW_TIMEOUT_SECONDS,
    },
    units,
  };
}

/** All that was followed of a store; its range tells nothing, because nothing is scanned. */
function unitOf(runId: string, store: number): Unit {
  const range = { type: 'segment', segment: 0, totalSegments: 1 } as const;
  return { runId, unitId: `follow-${store}`, store, range };
}
