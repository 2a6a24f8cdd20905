import type { Job, Store } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { ConfiguredFormat } from '../model/format.ts';
import { isSameName } from '../model/store-place.ts';
import { mayMeet } from '../places/pattern.ts';
import { ownPlace, storeName } from '../stores/places.ts';
import { kindOf } from '../stores/registry.ts';

/** Two stores that would work on the same data key: the second would find what the first has just written. */
export function overlappingStores(job: Job, bound: readonly ConfiguredFormat[]): readonly Problem[] {
  const region = sourceRegion(job);
  return job.stores.flatMap((store, index) => {
    const same = job.stores.findIndex(
      (other, at) => at < index && shareDataKeys(bound[at], bound[index]) && overlaps(other, store, region),
    );
    const first = job.stores[same];
    if (first === undefined) return [];
    const cure = `if they differ in their context, write one store with a list of contexts as its encryptionContext; otherwise remove one, or ${kindOf(store).scope.cure}`;
    const words = `has the data keys of stores[${same}] (${storeName(first)}), too; ${cure}`;
    return [{ path: `stores[${index}]`, value: storeName(store), words }];
  });
}

/** A pattern may stand for a place that the other store names. */
function shareDataKeys(one: ConfiguredFormat | undefined, other: ConfiguredFormat | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [place, otherPlace] = [one.declared[0], other.declared[0]];
  return (
    one.identity === other.identity ||
    (place !== undefined && otherPlace !== undefined && mayMeet(place, otherPlace))
  );
}

/** Both may look at the same record. */
export function overlaps(a: Store, b: Store, region: string): boolean {
  const place = (store: Store): ReturnType<typeof ownPlace> => ownPlace(store, store.region ?? region);
  return isSameName(place(a), place(b)) && !kindOf(a).scope.areApart(a, b);
}
