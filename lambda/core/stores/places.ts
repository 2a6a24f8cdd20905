import type { Store } from '../model/job.ts';
import { accountOf } from '../model/store-account.ts';
import { storePlaceText, type StorePlace } from '../model/store-place.ts';
import { kindOf } from './registry.ts';

/** What reports, logs and the journal call a store: unique within a job, and with its account where that is another one. */
export function storeName(store: Store): string {
  const account = accountOf(store);
  const text = (place: StorePlace): string =>
    storePlaceText({ ...place, ...(account !== undefined && { account }) });
  const own = text(ownPlace(store, store.region));
  const copy = copyPlace(store);
  return copy === undefined ? own : `${own} to ${text(copy)}`;
}

/** The place that data keys are written to; it does not depend on the job that names it. `region`: for stores that name none. */
export function writtenPlace(store: Store, region: string): StorePlace {
  return copyPlace(store) ?? ownPlace(store, store.region ?? region);
}

/** The place that a run copies from, and leaves as it is; `undefined` where it writes in place. */
export function copiedPlace(store: Store, region: string): StorePlace | undefined {
  return store.copyTo === undefined ? undefined : ownPlace(store, store.region ?? region);
}

/** The place of the store itself. */
export function ownPlace(store: Store, region: string | undefined): StorePlace {
  const { type } = store;
  return {
    ...{ type, ...(region !== undefined && { region }) },
    ...{ ...accountInPlaces(store), ...kindOf(store).names.own(store) },
  };
}

/** The same bucket may be named with a role and without one: it is one place, with one lock. */
function accountInPlaces(store: Store): Pick<StorePlace, 'account'> {
  const account = kindOf(store).names.uniqueIn === 'account' ? accountOf(store) : undefined;
  return account === undefined ? {} : { account };
}

function copyPlace(store: Store): StorePlace | undefined {
  const { type, copyTo } = store;
  const name = kindOf(store).names.copy(store);
  return copyTo && name && { type, region: copyTo.region, ...accountInPlaces(store), ...name };
}

/** In words, what a store is narrowed to; `undefined` where a run visits all of it. */
export function narrowedTo(store: Store, sample?: number): string | undefined {
  const parts = [
    ...kindOf(store).scope.narrowedTo(store),
    ...(sample === undefined ? [] : [`the first ${sample} records`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The places of a store whose capacity a job can bound. */
export function capacityOf(store: Store, region: string): readonly string[] {
  return kindOf(store).capacityOf?.(store, store.region ?? region) ?? [];
}
