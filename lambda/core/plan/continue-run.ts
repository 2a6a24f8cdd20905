import { Buffer } from 'node:buffer';
import { digest } from '../model/digest.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { workOf } from './cut-work.ts';
import type { PlannedRun } from './plan-request.ts';
import type { LatestRuns, PastRuns } from './ports.ts';
import { coverTheSame } from './same-ranges.ts';

/**
 * An unfinished run can be continued for a week after its last page. What an application has written under the old key
 * behind its cursors is found only by the verify pass, so old cursors save less and less.
 */
const FRESH_MS = 7 * 24 * 3600 * 1000;

/** A digest of all that must be equal for a run to continue from the cursors of another one. */
export function workDigest(plan: RunPlan): string {
  const { mode, rollsBack, sources, destination, route, stores, storeRegion, sample, dryRun } = plan;
  const material = plan.keyMaterials.find(
    ({ keyArn, state }) => keyArn === destination.keyArn && state === 'CURRENT',
  );
  const work = [mode, rollsBack, sources, destination, material?.keyMaterialId, route.type, stores];
  return digest(Buffer.from(JSON.stringify([...work, storeRegion, sample, dryRun, plan.fingerprints])));
}

export interface ContinuePorts {
  readonly pastRuns: Pick<PastRuns, 'plan' | 'units' | 'lastPageAt'>;
  readonly latestRuns: LatestRuns;
}

/**
 * If the last run of the same work did not finish, the new one takes over its units, and with them its cursors. A census
 * and a verify pass say what is there at one time, so they always start from the beginning.
 */
export async function continueRun(
  planned: PlannedRun,
  now: number,
  { pastRuns, latestRuns }: ContinuePorts,
): Promise<PlannedRun> {
  const { plan } = planned;
  if (plan.mode !== 'migrate' && plan.mode !== 'rollback') return planned;
  const latest = await latestRuns.latest(plan.job, plan.mode);
  if (latest === undefined || latest.finished || latest.workDigest !== workDigest(plan)) return planned;
  const [earlier, lastPageAt] = await Promise.all([
    pastRuns.plan(latest.runId),
    pastRuns.lastPageAt(latest.runId),
  ]);
  if (earlier === undefined || lastPageAt === undefined || now - lastPageAt > FRESH_MS) return planned;
  // What its books and its journal rest on is not believed any more.
  if (earlier.contradictions !== undefined && earlier.contradictions !== plan.contradictions) return planned;
  const units = (await pastRuns.units(latest.runId)).map(unit => ({ ...unit, runId: plan.runId }));
  // An earlier version left the last range of a bucket closed, so that later keys are in none.
  if (plan.mode === 'migrate' && !coverTheSame(units, planned.units)) return planned;
  const continues = [latest.runId, ...(earlier.continues ?? [])];
  return {
    units,
    plan: {
      ...restingAs(earlier, plan),
      ...workOf(units, plan.limits),
      unitsPerStore: earlier.unitsPerStore,
      continues,
      warnings: [
        ...plan.warnings,
        `continues ${latest.runId}, which did not finish; its counts are included. Use --from-start to visit everything again`,
      ],
    },
  };
}

/**
 * Its cursors lead through the journal that it has rested on. An earlier version has not counted contradictions, so that nothing
 * rests on a run that goes on from one of its runs.
 */
function restingAs(earlier: RunPlan, plan: RunPlan): RunPlan {
  const { restsOn, contradictions, ...rest } = plan;
  if (earlier.contradictions === undefined || contradictions === undefined) return rest;
  const same = restsOn !== undefined && restsOn[0] === earlier.restsOn?.[0];
  return { ...rest, contradictions, ...(same && { restsOn }) };
}
