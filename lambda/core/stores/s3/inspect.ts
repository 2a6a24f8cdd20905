import type { ScanRange } from '../../model/run.ts';
import { missing } from '../lookup.ts';
import type { Inspected, Inspection, Wrong } from '../store.ts';
import type { BucketCatalog } from './catalog.ts';
import type { BucketStore } from './schema.ts';
import { splitKeyRange } from './split-key-range.ts';
import { bucketWarnings } from './warnings.ts';

export async function inspectBucket(
  store: BucketStore,
  inspection: Inspection<BucketCatalog>,
): Promise<Inspected | Wrong> {
  const { region, catalog } = inspection;
  const { bucket, copyTo } = store;
  const lookup = await catalog.describeBucket({ region, bucket });
  if (lookup.kind !== 'found') return { words: missing('bucket', region, lookup) };
  if (copyTo?.bucket === bucket)
    return { field: 'copyTo', words: 'is the bucket itself; remove it to replace data keys in place' };
  const other = copyTo === undefined ? lookup : await catalog.describeBucket(copyTo);
  if (other.kind !== 'found')
    return { field: 'copyTo', words: missing('bucket', copyTo?.region ?? region, other) };
  const { ranges, keys } = await keyRanges(store, inspection);
  const defaults = await catalog.describeDefaults({
    ...(copyTo === undefined ? { region, bucket } : { region: copyTo.region, bucket: copyTo.bucket }),
    encryption: copyTo?.createMissing === true && copyTo.serverSideEncryptionKey === undefined,
  });
  return { ranges, records: keys, bytes: 0, warnings: bucketWarnings(store, other.description, defaults) };
}

async function keyRanges(
  { bucket, prefix, scope }: BucketStore,
  { region, catalog, limits, sample }: Inspection<BucketCatalog>,
): Promise<{ readonly ranges: readonly ScanRange[]; readonly keys: number }> {
  const only = scope?.prefixes;
  const splits = await Promise.all(
    (only ?? [prefix]).map(async start => {
      const { ranges, keys } = await splitKeyRange(
        query => catalog.listKeys({ region, bucket, prefix: start, ...query }),
        Math.max(1, Math.ceil(limits.maxConcurrency / (only?.length ?? 1))),
      );
      const whole = sample ? [{ type: 'key-range' as const }] : ranges;
      return { keys, ranges: whole.map(range => (only === undefined ? range : { ...range, prefix: start })) };
    }),
  );
  return {
    ranges: splits.flatMap(({ ranges }) => ranges),
    keys: splits.reduce((sum, { keys }) => sum + keys, 0),
  };
}
