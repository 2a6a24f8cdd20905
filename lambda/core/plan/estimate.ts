import type { Job, Limits } from '../model/job.ts';
import type { RouteType } from '../model/route.ts';
import type { Estimate, RunMode } from '../model/run.ts';
import { USD_PER_KMS_REQUEST } from '../model/prices.ts';
import { routeOf } from '../routes/registry.ts';
import { sourceRegion } from '../model/job-regions.ts';
import { capacityOf } from '../stores/places.ts';
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
  const { job, mode, limits, route } = input;
  const counts = input.counts.map(count => sampled(count, input.sample));
  const verifies = mode === 'verify' || (mode === 'migrate' && job.verify !== 'off');
  const passes = (mode === 'verify' ? 0 : 1) + (verifies ? 1 : 0);
  const writes = mode === 'migrate';
  const dataKeys = counts.reduce((sum, { records }) => sum + records, 0);
  const requestsEach =
    (mode === 'verify' ? 0 : routeOf({ type: route }).requestsPerDataKey) +
    (verifies ? verifyRequests(input) : 0);
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
