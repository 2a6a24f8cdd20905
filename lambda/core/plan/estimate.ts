import type { Job, Limits } from '../model/job.ts';
import { REQUESTS_PER_DATA_KEY, type RouteType } from '../model/route.ts';
import type { Estimate, RunMode } from '../model/run.ts';
import type { StoreCount } from './inspect-stores.ts';

/** US dollars in us-east-1, without free tier, as published in November 2026. */
const USD = {
  kmsRequest: 0.03 / 10_000,
  readRequestUnit: 0.125 / 1_000_000,
  writeRequestUnit: 0.625 / 1_000_000,
  listOrCopy: 0.005 / 1_000,
  headRequest: 0.0004 / 1_000,
} as const;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;
const KEYS_PER_LISTING = 1_000;

export interface EstimateInput {
  readonly job: Job;
  readonly mode: RunMode;
  readonly limits: Limits;
  readonly counts: readonly StoreCount[];
  readonly route: RouteType;
  /** Records of each store that are visited at most. */
  readonly sample?: number;
}

/** What the run will ask of AWS, if every record holds one data key and each needs a write. */
export function estimate(input: EstimateInput): Estimate {
  const { job, mode, limits, route } = input;
  const counts = input.counts.map(count => sampled(count, input.sample));
  const verifies = mode === 'verify' || (mode === 'migrate' && job.verify === 'full');
  const passes = (mode === 'verify' ? 0 : 1) + (verifies ? 1 : 0);
  const writes = mode === 'migrate';
  const dataKeys = counts.reduce((sum, { records }) => sum + records, 0);
  // A verify pass asks the destination key once, whatever the route.
  const requestsEach = (mode === 'verify' ? 0 : REQUESTS_PER_DATA_KEY[route]) + (verifies ? 1 : 0);
  const kmsRequests = dataKeys * requestsEach;
  const costs = counts.map(count => {
    const store = job.stores[count.store];
    return storeCost(count, { isS3: store?.type === 's3', isCopied: store?.copyTo !== undefined, passes });
  });
  const usd = {
    kms: kmsRequests * USD.kmsRequest,
    reads: costs.reduce((sum, { reads }) => sum + reads, 0),
    writes: writes ? costs.reduce((sum, cost) => sum + cost.writes, 0) : 0,
  };
  return {
    dataKeys,
    kmsRequests,
    seconds: Math.ceil(kmsRequests / limits.kmsRequestsPerSecond),
    usd: { ...usd, total: usd.kms + usd.reads + usd.writes },
  };
}

function sampled(count: StoreCount, sample = Number.POSITIVE_INFINITY): StoreCount {
  const records = Math.min(count.records, sample);
  return { ...count, records, bytes: count.records === 0 ? 0 : count.bytes * (records / count.records) };
}

function storeCost(
  { records, bytes }: StoreCount,
  { isS3, isCopied, passes }: { readonly isS3: boolean; readonly isCopied: boolean; readonly passes: number },
): { readonly reads: number; readonly writes: number } {
  if (isS3) {
    const reads =
      passes *
      (records * USD.headRequest * (isCopied ? 2 : 1) +
        Math.ceil(records / KEYS_PER_LISTING) * USD.listOrCopy);
    return { reads, writes: records * USD.listOrCopy };
  }
  // A migrate pass reads eventually consistent (half a unit for 4 KB), a verify pass strongly (a whole one).
  const unitsPerPass = bytes / READ_UNIT_BYTES;
  // Of a copied table everything is read strongly, there and here.
  const unitsPerByte = isCopied ? 2 * passes : passes === 2 ? 1.5 : 0.5;
  const reads = unitsPerPass * unitsPerByte * USD.readRequestUnit;
  const itemBytes = records === 0 ? 0 : bytes / records;
  return {
    reads,
    writes: records * Math.max(1, Math.ceil(itemBytes / WRITE_UNIT_BYTES)) * USD.writeRequestUnit,
  };
}
