import type { StorePlace } from '../../model/store-place.ts';
import type { Seen } from '../lookup.ts';
import type { BucketCatalog } from './catalog.ts';

/** That of its default encryption. Objects may have others: runs count those. */
export async function bucketServerSideKeys(
  { region = '', name }: StorePlace,
  catalog: BucketCatalog,
): Promise<Seen<readonly string[]>> {
  const seen = await catalog.defaultEncryption({ region, bucket: name });
  if (seen.kind === 'unseen') return seen;
  const { key } = seen.value;
  return { kind: 'seen', value: key === undefined ? [] : [key] };
}
