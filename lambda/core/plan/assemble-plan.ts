import { annotationNames, type FormatRegistry } from '../model/format.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Limits } from '../model/job.ts';
import type { RunPlan } from '../model/run-plan.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import { routeOf } from '../routes/registry.ts';
import { configureFormat } from '../job/bind-format.ts';
import { countsOnly } from '../job/counted-stores.ts';
import { namesAliases } from '../job/by-alias.ts';
import { jobDigest } from '../job/job-digest.ts';
import type { ChosenRoute } from './choose-route.ts';
import { unitsOf, workOf } from './cut-work.ts';
import { estimate, plannedCalls, type EstimateInput } from './estimate.ts';
import type { InspectedStores } from './inspect-stores.ts';
import type { PlannedRun, PlanRequest } from './plan-request.ts';
import type { RunInput } from './run-input.ts';
import { seenCounts, uncountedStores } from './seen-counts.ts';
import { runWarnings } from './run-warnings.ts';

/** A plan with what its estimate has counted. */
export interface PlannedPasses extends PlannedRun {
  readonly counted: EstimateInput & { readonly guarded: readonly boolean[] };
}

interface Decided {
  /** The job as it was written, where formats may be left to Plan. */
  readonly written: Job;
  readonly choice: ChosenRoute;
  readonly stores: InspectedStores;
  readonly keyMaterials: RunPlan['keyMaterials'];
  readonly created: Pick<RunPlan, 'keysCreatedAt'>;
  readonly looked: NonNullable<RunPlan['looked']>;
  readonly warnings: readonly string[];
  readonly highestRate: number;
}

/** Assembles the plan of a run and its units from everything that has been decided. */
export function assemblePlan(
  input: RunInput,
  { runId, now, formats, workerTimeoutSeconds }: PlanRequest,
  { written, choice, stores, keyMaterials, created, looked, warnings, highestRate }: Decided,
): PlannedPasses {
  const { job, mode, limits, sample, grantTokens } = input;
  const { route, sources, destination } = choice;
  const units = unitsOf(runId, stores.ranges, { sample, plaintext: routeOf(route).plaintext });
  const dryRun = isDryRun(input, choice);
  const counted = countedOf(input, { choice, stores, looked, formats });
  const plan: RunPlan = {
    ...{ runId, job: job.name, jobDigest: jobDigest(written), mode },
    journalSchema: JOURNAL_SCHEMA,
    startedAt: new Date(now).toISOString(),
    sources,
    destination,
    route,
    ...(namesAliases(job) && { byAlias: true }),
    ...{ grantTokens, dryRun },
    ...(sample !== undefined && { sample }),
    storeRegion: sourceRegion(job),
    ...{ keyMaterials, ...created, looked, versions: stores.versions },
    stores: job.stores,
    slots: job.stores.map(store => configureFormat(store, formats).identity),
    ...keeping(job, formats),
    ...{ limits, highestRate, highestCapacity: capacityOf(job.limits), verifyReads: stores.verifyReads },
    ...verifying(input),
    ...optional(job),
    ...(countsOnly(job, formats) && { countsOnly: true as const }),
    unitsPerStore: job.stores.map((_, store) => units.filter(unit => unit.store === store).length),
    ...workOf(units, limits),
    workerTimeoutSeconds,
    ...{ estimate: estimate(counted), calls: plannedCalls(counted) },
    warnings: [...warnings, ...runWarnings({ ...input, dryRun, keyMaterials }, choice, formats)],
  };
  return { plan, units, counted };
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
function countedOf(
  { job, mode, limits, sample, askAll }: RunInput,
  { choice, stores, looked, formats }: Estimated,
): PlannedPasses['counted'] {
  const configured = job.stores.map(store => configureFormat(store, formats));
  return {
    ...{ job, mode, limits, askAll, route: choice.route.type },
    counts: seenCounts(stores.counts, looked),
    uncounted: uncountedStores(stores.counts, looked, sample),
    ...(sample !== undefined && { sample }),
    verifyReads: stores.verifyReads,
    reads: configured.map(({ needs, ...format }, index) => {
      const { bodiesRead = 0, records = 0 } = looked[index] ?? {};
      const tags = needs.includes('tags');
      const annotations = annotationNames(format).length;
      return { tags, annotations, bodies: bodiesRead / Math.max(1, records) };
    }),
    guarded: configured.map(({ guards }) => guards !== undefined),
  };
}

function verifying({ job, mode, askAll }: RunInput): Pick<RunPlan, 'verify' | 'askAll' | 'followed'> {
  return {
    verify: mode === 'verify' || (mode === 'migrate' && job.verify !== 'off'),
    ...(mode === 'migrate' && job.follow !== undefined && { followed: true as const }),
    ...((askAll || job.verify === 'ask-all') && { askAll: true }),
  };
}

/** Counting data keys needs no plaintext outside KMS, so a census on a plaintext route is always a dry run. */
function keeping({ stores }: Job, formats: FormatRegistry): Pick<RunPlan, 'keepsSource' | 'keepsSourceIn'> {
  const keepsSourceIn = stores.map(
    store => store.copyTo !== undefined || configureFormat(store, formats).keepsSource,
  );
  return { keepsSource: keepsSourceIn.includes(true), keepsSourceIn };
}

function isDryRun({ mode, dryRun }: RunInput, { route }: ChosenRoute): boolean {
  return dryRun || (mode === 'census' && routeOf(route).plaintext);
}
