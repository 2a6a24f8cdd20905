import type { Judgement } from '../store.ts';
import type { BucketCatalog } from './catalog.ts';
import { nearestPrefix } from './nearest-prefix.ts';
import type { BucketStore } from './schema.ts';

/** Names of a bucket that a warning shows. */
const NAMED = 5;

/**
 * A prefix under which there is nothing: a slip of the pen is refused, where that can be seen; everything else is said.
 * A bucket that is empty as a whole is like any other empty store.
 */
export async function judgeEmptyPrefix(
  { bucket, prefix }: BucketStore,
  { region, catalog }: { readonly region: string; readonly catalog: BucketCatalog },
): Promise<Judgement | undefined> {
  if (prefix === '') return undefined;
  const below = (of: string): ReturnType<BucketCatalog['listBelow']> =>
    catalog.listBelow({ region, bucket, prefix: of });
  const near = await nearestPrefix(prefix, below);
  if (near !== undefined)
    return {
      problem: `there is no object under the prefix ${prefix}, and there are some under ${near}; write that prefix`,
      warnings: [],
    };
  const names = (await below('')) ?? [];
  const there = names.length === 0 ? '' : ` (the bucket has ${names.slice(0, NAMED).join(', ')})`;
  return {
    warnings: [`there is no object under the prefix ${prefix}${there}: a run finds nothing to prove there`],
  };
}
