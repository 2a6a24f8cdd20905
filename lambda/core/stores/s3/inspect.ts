import type { VersionsOfPlace } from '../../model/noncurrent-versions.ts';
import { accountOf } from '../../model/store-account.ts';
import type { ScanRange } from '../../model/run.ts';
import { storePlaceText } from '../../model/store-place.ts';
import { missing } from '../lookup.ts';
import type { Inspected, Inspection, Wrong } from '../store.ts';
import type { BucketCatalog, BucketDefaults, BucketDescription, KeyListing } from './catalog.ts';
import { countVersions } from './count-versions.ts';
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
  const account = accountOf(store);
  if (lookup.kind !== 'found') return { words: missing('bucket', { region, account }, lookup) };
  if (copyTo?.bucket === bucket)
    return { field: 'copyTo', words: 'is the bucket itself; remove it to replace data keys in place' };
  const other = copyTo === undefined ? lookup : await catalog.describeBucket(copyTo);
  if (other.kind !== 'found')
    return {
      field: 'copyTo',
      words: missing('bucket', { region: copyTo?.region ?? region, account }, other),
    };
  const { ranges, keys, writes } = await keyRanges(store, inspection);
  const defaults = await defaultsOf(store, inspection);
  const warnings = bucketWarnings(store, other.description, { ...defaults, mode: inspection.mode });
  const versions = await versionsOfPlaces(store, inspection, [lookup.description, other.description]);
  const [own] = store.versions === 'all' ? versions : [];
  const former = own?.seen.kind === 'counted' ? own.seen.versions : 0;
  const serverSideKeys = [
    ...(await defaultKeys(catalog, { region, bucket })),
    ...(copyTo === undefined ? [] : await defaultKeys(catalog, copyTo)),
  ];
  return { ranges, records: keys + former, bytes: 0, writes, warnings, versions, serverSideKeys };
}

/** Whoever only looks makes no object, and need not know what the bucket does to new ones. */
function defaultsOf(
  { bucket, copyTo }: BucketStore,
  { region, catalog, mode }: Inspection<BucketCatalog>,
): Promise<BucketDefaults> {
  if (mode !== 'migrate') return Promise.resolve({ locks: { kind: 'seen', value: {} } });
  return catalog.describeDefaults({
    ...(copyTo === undefined ? { region, bucket } : { region: copyTo.region, bucket: copyTo.bucket }),
    encryption: copyTo?.createMissing === true && copyTo.serverSideEncryptionKey === undefined,
  });
}

/** Whoever may not see it is not told of it by Plan; retire-check says what it could not see. */
async function defaultKeys(
  catalog: BucketCatalog,
  at: { readonly region: string; readonly bucket: string },
): Promise<readonly string[]> {
  const seen = await catalog.defaultEncryption(at);
  return seen.kind === 'seen' && seen.value.key !== undefined ? [seen.value.key] : [];
}

/** Of the bucket itself, and of the bucket of its copies: what copies replace there stays as a version. */
async function versionsOfPlaces(
  { bucket, prefix, scope, copyTo }: BucketStore,
  { region, catalog }: Inspection<BucketCatalog>,
  [own, other]: readonly [BucketDescription, BucketDescription],
): Promise<readonly VersionsOfPlace[]> {
  const prefixes = scope?.prefixes ?? [prefix];
  const of = async (
    description: BucketDescription,
    at: { readonly region: string; readonly bucket: string },
  ): Promise<VersionsOfPlace> => ({
    place: storePlaceText({ type: 's3', region: at.region, name: at.bucket, prefix }),
    seen: await countVersions(description, { region: at.region, bucket: at.bucket, prefixes, catalog }),
  });
  const here = await of(own, { region, bucket });
  return copyTo === undefined ? [here] : [here, await of(other, copyTo)];
}

async function keyRanges(
  { bucket, prefix, scope }: BucketStore,
  { region, catalog, limits, sample }: Inspection<BucketCatalog>,
): Promise<{ readonly ranges: readonly ScanRange[]; readonly keys: number; readonly writes: number }> {
  const only = scope?.prefixes;
  const seen = { keys: 0, requests: 0 };
  const list = async (query: Parameters<typeof catalog.listKeys>[0]): Promise<KeyListing> => {
    const page = await catalog.listKeys(query);
    seen.keys += page.keys.length;
    seen.requests += page.copyRequests ?? page.keys.length;
    return page;
  };
  const splits = await Promise.all(
    (only ?? [prefix]).map(async start => {
      const { ranges, keys } = await splitKeyRange(
        query => list({ region, bucket, prefix: start, ...query }),
        Math.max(1, Math.ceil(limits.maxConcurrency / (only?.length ?? 1))),
      );
      const whole = sample ? [{ type: 'key-range' as const }] : ranges;
      return { keys, ranges: whole.map(range => (only === undefined ? range : { ...range, prefix: start })) };
    }),
  );
  const keys = splits.reduce((sum, split) => sum + split.keys, 0);
  return {
    ranges: splits.flatMap(({ ranges }) => ranges),
    keys,
    // As many for each as for the objects that were listed.
    writes: Math.round(keys * (seen.requests / Math.max(1, seen.keys))),
  };
}
