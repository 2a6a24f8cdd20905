import type { Job, Limits } from '../model/job.ts';
import type { RouteType } from '../model/route.ts';
import type { Estimate, Forecast, PlannedCall, RestingForecast, RunMode } from '../model/run.ts';
import { ASKED_ONE_IN } from '../model/data-key-proof.ts';
import { USD_PER_KMS_REQUEST } from '../model/prices.ts';
import { routeOf } from '../routes/registry.ts';
import { sourceRegion } from '../model/job-regions.ts';
import { capacityOf, storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';
import { secondsOf, type StoreLoad } from './duration.ts';
import type { StoreCost, Visit } from '../stores/store.ts';
import type { CountedStore } from './inspect-stores.ts';

/** Of the data keys that a journal proves, KMS is asked about so many in each pass, and the first one of each unit. */
const SAMPLED = 1 / ASKED_ONE_IN;

export interface EstimateInput {
  readonly job: Job;
  readonly mode: RunMode;
  readonly limits: Limits;
  readonly counts: readonly CountedStore[];
  /** Stores that have more records than `counts` says; nobody knows how many. */
  readonly uncounted?: readonly string[];
  readonly route: RouteType;
  /** The input says so; the job may, too. */
  readonly askAll?: boolean;
  /** By index of the store: what is read of its records beside what their store shows of all. */
  readonly reads?: readonly Pick<Visit, 'tags' | 'annotations' | 'bodies'>[];
  /** Records of each store that are visited at most. */
  readonly sample?: number;
  /** By place: units a second that a verify pass reads at most, where no limit says so. */
  readonly verifyReads?: Readonly<Record<string, number>>;
}

/** What the run will ask of AWS if every record holds one data key that has to be written. */
export function estimate(input: EstimateInput): Estimate {
  const counts = countsOf(input);
  const dataKeys = counts.reduce((sum, { records }) => sum + records, 0);
  const kms = callsEach(input);
  const { uncounted = [] } = input;
  return {
    dataKeys,
    ...(uncounted.length > 0 && { uncounted }),
    ...forecast(input, { kms: kms.map(each => dataKeys * each), written: counts }),
  };
}

/** What it will ask if a journal proves so many data keys, by index of the store; `undefined` if it proves none. */
export function restingForecast(
  input: EstimateInput,
  { proven, units }: { readonly proven: readonly number[]; readonly units: number },
): RestingForecast | undefined {
  const counts = countsOf(input);
  const provenOf = ({ store, records }: CountedStore): number => Math.min(proven[store] ?? 0, records);
  const resting = counts.reduce((sum, count) => sum + provenOf(count), 0);
  if (resting === 0) return undefined;
  const others = counts.reduce((sum, { records }) => sum + records, 0) - resting;
  const asked = Math.min(resting, resting * SAMPLED + units);
  return {
    proven: resting,
    ...forecast(input, {
      kms: callsEach(input).map(each => others * each + asked),
      written: counts.map(count => reduced(count, count.records - provenOf(count))),
    }),
  };
}

function countsOf({ counts, sample = Number.POSITIVE_INFINITY }: EstimateInput): readonly CountedStore[] {
  return counts.map(count => reduced(count, Math.min(count.records, sample)));
}

interface Asked {
  /** Requests of each pass. */
  readonly kms: readonly number[];
  /** What is written of each store. All that is counted is read. */
  readonly written: readonly CountedStore[];
}

function forecast(input: EstimateInput, { kms, written }: Asked): Forecast {
  const visit = passesOf(input);
  const counts = countsOf(input);
  const kmsRequests = Math.ceil(sum(kms));
  const usd = {
    kms: kmsRequests * USD_PER_KMS_REQUEST,
    reads: sum(costsOf(input, counts).map(({ reads }) => reads)),
    writes: visit.writes ? sum(costsOf(input, written).map(({ writes }) => writes)) : 0,
  };
  const seconds = secondsOf({
    kms: kmsWithVisits(input, kms),
    limits: input.limits,
    loads: [
      ...loadsOf(input, counts, visit).map(load => ({ ...load, units: { ...load.units, writes: 0 } })),
      ...(visit.writes ? loadsOf(input, written, visit) : []).map(load => ({
        ...load,
        units: { ...load.units, reads: 0 },
      })),
    ],
    verifying: {
      loads: visit.verifies ? loadsOf(input, counts, { passes: 1, verifies: true }) : [],
      unitsPerSecond: input.verifyReads ?? {},
    },
  });
  return { kmsRequests, seconds, usd: { ...usd, total: usd.kms + usd.reads + usd.writes } };
}

function costsOf(input: EstimateInput, counts: readonly CountedStore[]): readonly StoreCost[] {
  const { passes, verifies } = passesOf(input);
  return counts.flatMap(count => {
    const store = input.job.stores[count.store];
    const visit = {
      ...{ isCopied: store?.copyTo !== undefined, passes, verifies },
      ...input.reads?.[count.store],
    };
    return store === undefined ? [] : [kindOf(store).cost(count, visit)];
  });
}

/** A verify pass visits no more objects in a second than it may ask KMS about (core/verify/read-pace.ts). */
function kmsWithVisits(input: EstimateInput, kms: readonly number[]): number {
  const { job } = input;
  const visited = countsOf(input).filter(({ store }) => {
    const of = job.stores[store];
    return of !== undefined && capacityOf(of, sourceRegion(job)).length === 0;
  });
  const visits = passesOf(input).verifies ? sum(visited.map(({ records }) => records)) : 0;
  return sum(kms.slice(0, -1)) + Math.max(kms.at(-1) ?? 0, visits);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function passesOf({ job, mode }: Pick<EstimateInput, 'job' | 'mode'>): {
  readonly verifies: boolean;
  readonly passes: number;
  readonly writes: boolean;
} {
  const verifies = mode === 'verify' || (mode === 'migrate' && job.verify !== 'off');
  return { verifies, passes: (mode === 'verify' ? 0 : 1) + (verifies ? 1 : 0), writes: mode === 'migrate' };
}

/** The verify pass re-encrypts under the destination key what is under it, and keeps nothing of the answer. */
const ASKED = 'kms:ReEncrypt';

/** KMS requests for a data key, in each pass. */
function callsEach(input: EstimateInput): readonly number[] {
  const moved = input.mode === 'verify' ? [] : [routeOf({ type: input.route }).calls.length];
  return [...moved, ...(passesOf(input).verifies ? [verifyRequests(input)] : [])];
}

/** For each data key. A dry run tries the first call alone. */
function kmsCalls(input: EstimateInput): readonly { readonly action: string; readonly times: number }[] {
  const { mode, route } = input;
  const moved = mode === 'verify' ? [] : routeOf({ type: route }).calls;
  const times = new Map<string, number>();
  for (const action of moved) times.set(action, (times.get(action) ?? 0) + 1);
  if (passesOf(input).verifies) times.set(ASKED, (times.get(ASKED) ?? 0) + verifyRequests(input));
  return [...times].map(([action, each]) => ({ action, times: each }));
}

/** Which calls the run makes, for each data key, record or page: what `estimate` has counted and priced. */
export function plannedCalls(
  input: EstimateInput & { readonly guarded: readonly boolean[] },
): readonly PlannedCall[] {
  const { passes, writes } = passesOf(input);
  return [
    ...kmsCalls(input).map(call => ({ ...call, per: 'data key' as const })),
    ...input.job.stores.flatMap((store, index) =>
      kindOf(store)
        .calls({
          ...{ isCopied: store.copyTo !== undefined, passes, writes },
          ...input.reads?.[index],
          guarded: input.guarded[index] ?? false,
        })
        .map(call => ({ ...call, store: storeName(store) })),
    ),
  ];
}

/** Stores whose kind has no capacity of its own take none. */
function loadsOf(
  { job }: Pick<EstimateInput, 'job'>,
  counts: readonly CountedStore[],
  { passes, verifies }: Pick<Visit, 'passes' | 'verifies'>,
): readonly StoreLoad[] {
  return counts.flatMap(count => {
    const store = job.stores[count.store];
    const visit = { isCopied: store?.copyTo !== undefined, passes, ...(verifies && { verifies }) };
    const units = store && kindOf(store).units?.(count, visit);
    if (store === undefined || units === undefined) return [];
    return [{ places: capacityOf(store, sourceRegion(job)), units }];
  });
}

/**
 * A verify pass asks the destination key once, whatever the route. After a migrate pass, the journal answers for 99 in 100
 * data keys, where KMS names the key material: it does not where Encrypt has made the new ciphertexts.
 */
function verifyRequests({ job, mode, route, askAll = false }: EstimateInput): number {
  const plaintext = routeOf({ type: route }).plaintext;
  const asksAll = askAll || mode === 'verify' || job.verify === 'ask-all' || plaintext;
  return asksAll ? 1 : SAMPLED;
}

/** The part of a store that so many of its records are. */
function reduced(count: CountedStore, records: number): CountedStore {
  const share = count.records === 0 ? 0 : records / count.records;
  return {
    ...{ ...count, records, bytes: count.bytes * share },
    ...(count.writes !== undefined && { writes: count.writes * share }),
  };
}
