import { isDeepStrictEqual } from 'node:util';
import {
  isKnownSchema,
  JOURNAL_SCHEMA,
  UNKNOWN_SCHEMA,
  unknownSchemaWords,
} from '../model/journal-schema.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { routeOf } from '../routes/registry.ts';
import { workOf } from './cut-work.ts';
import type { PlannedRun } from './plan-request.ts';
import type { LatestRuns, PastRuns } from './ports.ts';
import { areOfLikeSize, coverTheSame } from './same-ranges.ts';

interface RestPorts {
  readonly pastRuns: Pick<PastRuns, 'plan' | 'units'>;
  readonly latestRuns: LatestRuns;
}

/**
 * The last finished migration of the job, if this run may rest on its journal. What KMS has said about bytes stays true
 * whatever the job is now; what must be equal is where the lines stand and who has to be believed. The run takes over the
 * units of that migration, so that each unit finds its records in one journal and in their order (decision 71).
 */
export async function restOnRun(
  planned: PlannedRun,
  { pastRuns, latestRuns }: RestPorts,
): Promise<PlannedRun> {
  const { mode } = planned.plan;
  if (mode !== 'migrate' && mode !== 'verify') return planned;
  const { lastFinished, contradictions = 0 } = (await latestRuns.latest(planned.plan.job, 'migrate')) ?? {};
  const plan = { ...planned.plan, contradictions };
  const none = { ...planned, plan };
  if (lastFinished === undefined || !mayRest(plan)) return none;
  const earlier = await pastRuns.plan(lastFinished.runId);
  if (earlier === undefined || !isSuch(earlier, plan)) return none;
  const { journalSchema = JOURNAL_SCHEMA } = earlier;
  if (!isKnownSchema(journalSchema)) return { ...none, plan: warned(plan, earlier.runId, journalSchema) };
  // Plans and units expire on one day, and S3 deletes them one after the other.
  const units = await pastRuns.units(earlier.runId).catch(() => []);
  const fit = coverTheSame(units, planned.units) && areOfLikeSize(units, planned.units);
  return fit ? restingOn(earlier, units, none) : none;
}

/** As after a downgrade. */
function warned(plan: RunPlan, earlier: string, schema: number): RunPlan {
  const words = `the journal of ${earlier} ${unknownSchemaWords(schema)}: this run asks KMS about every data key (${UNKNOWN_SCHEMA})`;
  return { ...plan, warnings: [...plan.warnings, words] };
}

function restingOn(earlier: RunPlan, units: PlannedRun['units'], { plan }: PlannedRun): PlannedRun {
  const own = units.map(({ unitId, store, range }) => ({ runId: plan.runId, unitId, store, range }));
  return {
    units: own,
    plan: {
      ...plan,
      ...workOf(own, plan.limits),
      unitsPerStore: earlier.unitsPerStore,
      restsOn: [earlier.runId, ...(earlier.continues ?? [])],
    },
  };
}

/** The worker of a plaintext route reads no journal: Encrypt names no key material, so that no line of it would count. */
function mayRest({ mode, askAll, sample, route }: RunPlan): boolean {
  const plaintext = mode === 'migrate' && routeOf(route).plaintext;
  return askAll !== true && sample === undefined && !plaintext;
}

/** A key that was disabled since is the same key, so only what names it is compared. */
function isSuch(earlier: RunPlan, plan: RunPlan): boolean {
  const same = ({
    mode,
    sample,
    job,
    destination,
    stores,
    storeRegion,
    contradictions,
  }: RunPlan): unknown => {
    const { keyArn, encryptionAlgorithm } = destination;
    return [{ mode, sample, job, keyArn, encryptionAlgorithm, stores, storeRegion, contradictions }];
  };
  return isDeepStrictEqual(written(same(earlier)), written(same({ ...plan, mode: 'migrate' })));
}

/** As it is once it was stored: without what is undefined. */
function written(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
