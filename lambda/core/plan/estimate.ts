import type { Job, Limits } from '../model/job.ts';
import type { RouteType } from '../model/route.ts';
import type { Estimate, PlannedCall, RunMode } from '../model/run.ts';
import { USD_PER_KMS_REQUEST } from '../model/prices.ts';
import { routeOf } from '../routes/registry.ts';
import { sourceRegion } from '../model/job-regions.ts';
import { capacityOf, storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';
import { secondsOf, type StoreLoad } from './duration.ts';
import type { Visit } from '../stores/store.ts';
import type { CountedStore } from './inspect-stores.ts';

export interface EstimateInput {
  readonly job: Job;
  readonly mode: RunMode;
  readonly limits: Limits;
  readonly counts: readonly CountedStore[];
  readonly route: RouteType;
  /** The input says so; the job may, too. */
  readonly askAll?: boolean;
  /** By index of the store: what is read of its records beside what their store shows of all. */
  readonly reads?: readonly Pick<Visit, 'tags' | 'bodies'>[];
  /** Records of each store that are visited at most. */
  readonly sample?: number;
}

/** What the run will ask of AWS if every record holds one data key that has to be written. */
export function estimate(input: EstimateInput): Estimate {
  const { job, limits } = input;
  const counts = input.counts.map(count => sampled(count, input.sample));
  const { passes, writes } = passesOf(input);
  const dataKeys = counts.reduce((sum, { records }) => sum + records, 0);
  const requestsEach = kmsCalls(input).reduce((sum, { times }) => sum + times, 0);
  const kmsRequests = Math.ceil(dataKeys * requestsEach);
  const costs = counts.flatMap(count => {
    const store = job.stores[count.store];
    return store === undefined
      ? []
      : [
          kindOf(store).cost(count, {
            ...{ isCopied: store.copyTo !== undefined, passes },
            ...input.reads?.[count.store],
          }),
        ];
  });
  const usd = {
    kms: kmsRequests * USD_PER_KMS_REQUEST,
    reads: costs.reduce((sum, { reads }) => sum + reads, 0),
    writes: writes ? costs.reduce((sum, cost) => sum + cost.writes, 0) : 0,
  };
  return {
    dataKeys,
    kmsRequests,
    seconds: secondsOf({ kmsRequests, limits, loads: loadsOf(job, counts, { writes, passes }) }),
    usd: { ...usd, total: usd.kms + usd.reads + usd.writes },
  };
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
  job: Job,
  counts: readonly CountedStore[],
  { writes, passes }: { readonly writes: boolean; readonly passes: number },
): readonly StoreLoad[] {
  return counts.flatMap(count => {
    const store = job.stores[count.store];
    const units = store && kindOf(store).units?.(count, { isCopied: store.copyTo !== undefined, passes });
    if (store === undefined || units === undefined) return [];
    const places = capacityOf(store, sourceRegion(job));
    return [{ places, units: writes ? units : { ...units, writes: 0 } }];
  });
}

/**
 * A verify pass asks the destination key once, whatever the route. After a migrate pass, the journal answers for 99 in 100
 * data keys, where KMS names the key material: it does not where Encrypt has made the new ciphertexts.
 */
function verifyRequests({ job, mode, route, askAll = false }: EstimateInput): number {
  const plaintext = routeOf({ type: route }).plaintext;
  const asksAll = askAll || mode === 'verify' || job.verify === 'ask-all' || plaintext;
  return asksAll ? 1 : 0.01;
}

function sampled(count: CountedStore, sample = Number.POSITIVE_INFINITY): CountedStore {
  const records = Math.min(count.records, sample);
  const share = count.records === 0 ? 0 : records / count.records;
  return {
    ...{ ...count, records, bytes: count.bytes * share },
    ...(count.writes !== undefined && { writes: count.writes * share }),
  };
}
