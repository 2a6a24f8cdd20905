import type { StorePlace } from '../../model/store-place.ts';
import type { StoreBackups } from '../store.ts';
import type { BucketCatalog } from './catalog.ts';
import { countVersions } from './count-versions.ts';

export async function bucketBackups(
  { region = '', name, prefix = '' }: StorePlace,
  catalog: BucketCatalog,
): Promise<StoreBackups | undefined> {
  const lookup = await catalog.describeBucket({ region, bucket: name });
  if (lookup.kind !== 'found') return undefined;
  const { noncurrentVersions } = lookup.description;
  const versions = await countVersions(lookup.description, {
    ...{ region, bucket: name, prefixes: [prefix], catalog },
  });
  return { pointInTimeRecovery: false, replicaRegions: [], noncurrentVersions, versions };
}
