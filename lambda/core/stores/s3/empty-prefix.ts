import type { Judgement } from '../store.ts';
import type { BucketCatalog } from './catalog.ts';
import { nearestPrefix } from './nearest-prefix.ts';
import type { BucketStore } from './schema.ts';

/** Names of a bucket that a warning shows. */
const NAMED = 5;

/**
 * A prefix with no objects under it. If it looks like a misspelling, the run is refused; otherwise there is a warning. An
 * empty bucket without a prefix is like any other empty store.
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
