import { STORES, type StoreType } from '../stores/registry.ts';
import type { Sampling } from '../stores/store.ts';

/** What it takes at most to look at so many records of each of these stores, from so many places of it. */
export function samplingOf(
  stores: readonly { readonly type: StoreType }[],
  { records, places }: { readonly records: number; readonly places: number },
): Sampling {
  const each = stores.map(({ type }) => STORES[type].sampling(records, places));
  return {
    requests: each.reduce((sum, { requests }) => sum + requests, 0),
    usd: each.reduce((sum, { usd }) => sum + usd, 0),
  };
}
