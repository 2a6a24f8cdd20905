import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Limits } from '../model/job.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { routeOf } from '../routes/registry.ts';
import { configureFormat } from '../job/bind-format.ts';
import { namesAliases } from '../job/by-alias.ts';
import { jobDigest } from '../job/job-digest.ts';
import type { ChosenRoute } from './choose-route.ts';
import { unitsOf, workOf } from './cut-work.ts';
import { estimate, plannedCalls } from './estimate.ts';
import type { InspectedStores } from './inspect-stores.ts';
import type { PlannedRun, PlanRequest } from './plan-request.ts';
import type { RunInput } from './run-input.ts';
import { runWarnings } from './run-warnings.ts';

interface Decided {
  /** The job as it was written, where formats may be left to Plan. */
  readonly written: Job;
  readonly choice: ChosenRoute;
  readonly stores: InspectedStores;
  readonly keyMaterials: RunPlan['keyMaterials'];
  readonly looked: NonNullable<RunPlan['looked']>;
  readonly warnings: readonly string[];
  readonly highestRate: number;
}

/** Assembles the plan of a run and its units from everything that has been decided. */
export function assemblePlan(
  input: RunInput,
  { runId, now, formats, workerTimeoutSeconds }: PlanRequest,
  { written, choice, stores, keyMaterials, looked, warnings, highestRate }: Decided,
): PlannedRun {
  const { job, mode, limits, sample, grantTokens } = input;
  const { route, sources, destination } = choice;
  const units = unitsOf(runId, stores.ranges, { sample, plaintext: routeOf(route).plaintext });
  const sampled = sample === undefined ? {} : { sample };
  const dryRun = isDryRun(input, choice);
  const plan: RunPlan = {
    runId,
    job: job.name,
    jobDigest: jobDigest(written),
    mode,
    startedAt: new Date(now).toISOString(),
    sources,
    destination,
    route,
    ...(namesAliases(job) && { byAlias: true }),
    ...{ grantTokens, dryRun },
    ...sampled,
    storeRegion: sourceRegion(job),
    ...{ keyMaterials, looked, versions: stores.versions },
    stores: job.stores,
    slots: job.stores.map(store => configureFormat(store, formats).identity),
    keepsSource: job.stores.some(
      store => store.copyTo !== undefined || configureFormat(store, formats).keepsSource,
    ),
    ...{ limits, highestRate, highestCapacity: capacityOf(job.limits), verifyReads: stores.verifyReads },
    ...verifying(input),
    ...optional(job),
    unitsPerStore: job.stores.map((_, store) => units.filter(unit => unit.store === store).length),
    ...workOf(units, limits),
    workerTimeoutSeconds,
    ...forecast(input, { choice, stores, looked, formats }),
    warnings: [...warnings, ...runWarnings({ ...input, dryRun, keyMaterials }, choice, formats)],
  };
  return { plan, units };
}

/** The limits of capacity alone. */
function capacityOf({
  readCapacityPerSecond,
  writeCapacityPerSecond,
}: Limits): RunPlan['highestCapacity'] & object {
  return {
    ...(readCapacityPerSecond !== undefined && { readCapacityPerSecond }),
    ...(writeCapacityPerSecond !== undefined && { writeCapacityPerSecond }),
  };
}

/** What stands in a plan only if the job asks for it. */
function optional({ fingerprints, log }: Job): Pick<RunPlan, 'fingerprints' | 'log'> {
  return { ...(fingerprints && { fingerprints }), ...(log === 'each' && { log }) };
}

type Estimated = Pick<Decided, 'choice' | 'stores' | 'looked'> & Pick<PlanRequest, 'formats'>;

/** Whose bodies a format reads shows in the first records only. There is a look at each store, or the run was refused. */
function forecast(
  { job, mode, limits, sample, askAll }: RunInput,
  { choice, stores, looked, formats }: Estimated,
): Pick<RunPlan, 'estimate' | 'calls'> {
  const configured = job.stores.map(store => configureFormat(store, formats));
  const asked = {
    ...{ job, mode, limits, askAll, counts: stores.counts, route: choice.route.type },
    ...(sample !== undefined && { sample }),
    reads: configured.map(({ needs }, index) => {
      const { bodiesRead = 0, records = 0 } = looked[index] ?? {};
      const tags = needs.includes('tags');
      return { tags, bodies: bodiesRead / Math.max(1, records) };
    }),
  };
  const guarded = configured.map(({ guards }) => guards !== undefined);
  return { estimate: estimate(asked), calls: plannedCalls({ ...asked, guarded }) };
}

function verifying({ job, mode, askAll }: RunInput): Pick<RunPlan, 'verify' | 'askAll' | 'followed'> {
  return {
    verify: mode === 'verify' || (mode === 'migrate' && job.verify !== 'off'),
    ...(mode === 'migrate' && job.follow !== undefined && { followed: true as const }),
    ...((askAll || job.verify === 'ask-all') && { askAll: true }),
  };
}

/** Counting data keys needs no plaintext outside KMS, so a census on a plaintext route is always a dry run. */
function isDryRun({ mode, dryRun }: RunInput, { route }: ChosenRoute): boolean {
  return dryRun || (mode === 'census' && routeOf(route).plaintext);
}
