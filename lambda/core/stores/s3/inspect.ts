import type { ScanRange } from '../../model/run.ts';
import { COPY_TO_WARNING, COPY_WARNING } from '../copies.ts';
import { missing } from '../lookup.ts';
import type { Inspected, Inspection, Wrong } from '../store.ts';
import type { BucketCatalog, BucketDescription } from './catalog.ts';
import type { BucketStore } from './schema.ts';
import { splitKeyRange } from './split-key-range.ts';

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
  return { ranges, records: keys, bytes: 0, warnings: bucketWarnings(store, other.description) };
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

function bucketWarnings(
  { copyTo }: BucketStore,
  { versioned, accessControlLists }: BucketDescription,
): readonly string[] {
  return [
    ...(copyTo === undefined
      ? [
          'a new data key in metadata needs a copy of the object: Last-Modified changes, and lifecycle rules, replication and notifications react to it',
        ]
      : [COPY_WARNING, COPY_TO_WARNING]),
    ...(versioned && copyTo === undefined
      ? [
          'versioning keeps another version of every object with its old data key, which is billed and readable with the source key',
        ]
      : []),
    ...(accessControlLists
      ? ["access control lists are in force: each object's own is read and sent again with the copy"]
      : []),
  ];
}
