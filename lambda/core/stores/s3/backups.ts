import type { StorePlace } from '../../model/store-place.ts';
import type { StoreBackups } from '../store.ts';
import type { BucketCatalog } from './catalog.ts';

export async function bucketBackups(
  { region = '', name }: StorePlace,
  catalog: BucketCatalog,
): Promise<StoreBackups | undefined> {
  const lookup = await catalog.describeBucket({ region, bucket: name });
  if (lookup.kind !== 'found') return undefined;
  const { noncurrentVersions } = lookup.description;
  return { pointInTimeRecovery: false, replicaRegions: [], noncurrentVersions };
}
