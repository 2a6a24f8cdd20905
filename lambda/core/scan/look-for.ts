import { configureFormat } from '../job/bind-format.ts';
import { lookingFor, type Look } from '../look-alikes/look-alikes.ts';
import type { ConfiguredFormat, FormatRegistry } from '../model/format.ts';
import type { Store } from '../model/job.ts';
import type { BesidePlace, PlacePattern } from '../model/place.ts';
import { objectKeyOf, type StoreRecord } from '../model/record.ts';
import type { KeysOfRun, StoresOfRun } from '../model/run-plan.ts';
import { covers, shareRecords } from '../model/store-place.ts';
import { placeText } from '../places/pattern.ts';
import { writtenPlace } from '../stores/places.ts';

type LookedFor = Pick<StoresOfRun, 'stores' | 'storeRegion'> & Pick<KeysOfRun, 'sources' | 'destination'>;

/** Searches everywhere but in the places that the job's stores declare or ignore, as far as they look at a record. */
export function lookFor(store: Store, run: LookedFor, formats: FormatRegistry): Look {
  const { always, within } = otherStores(store, run);
  const looks = new Map<string, Look>();
  const lookOf = (stores: readonly Store[]): Look =>
    lookAt(
      store,
      stores.map(one => configureFormat(one, formats)),
      run,
    );
  return record => {
    const inside = within.filter(({ prefix }) => isUnder(record, prefix));
    const name = inside.map(({ prefix }) => JSON.stringify(prefix)).join();
    const look = looks.get(name) ?? lookOf([...always, ...inside.map(one => one.store)]);
    looks.set(name, look);
    return look(record);
  };
}

/** Stores that look at every record of this one, itself among them, and those that look at what is under a longer prefix. */
function otherStores(
  store: Store,
  { stores, storeRegion }: LookedFor,
): {
  readonly always: readonly Store[];
  readonly within: readonly { readonly store: Store; readonly prefix: string }[];
} {
  const place = writtenPlace(store, storeRegion);
  const same = stores
    .map(one => ({ store: one, place: writtenPlace(one, storeRegion) }))
    .filter(one => shareRecords(one.place, place));
  return {
    always: same.filter(one => covers(one.place, place)).map(one => one.store),
    within: same
      .filter(one => !covers(one.place, place))
      .map(one => ({ store: one.store, prefix: one.place.prefix ?? '' })),
  };
}

function isUnder(record: StoreRecord, prefix: string): boolean {
  return record.kind === 'object' && objectKeyOf(record).startsWith(prefix);
}

function lookAt(
  { ignore = [] }: Store,
  formats: readonly ConfiguredFormat[],
  { sources, destination }: LookedFor,
): Look {
  return lookingFor({
    declared: formats.flatMap(({ declared }) => declared),
    beside: besideAll(formats),
    ignore,
    lengths: sources.flatMap(({ ciphertextBytes }) => ciphertextBytes ?? []),
    keyNames: sourceNames(sources, destination),
    destination: destination.keyArn,
  });
}

/**
 * A reader may ask KMS with the key that its record names. Where a replica of the source key is the destination, the names of that are good,
 * and that of the key in the source's Region is not.
 */
function sourceNames(
  sources: LookedFor['sources'],
  destination: LookedFor['destination'],
): readonly string[] {
  return sources
    .flatMap(({ keyArn, alsoKnownAs }) =>
      keyArn === destination.keyArn
        ? alsoKnownAs.filter(name => name.includes(':key/'))
        : [keyArn, ...alsoKnownAs],
    )
    .filter(name => name !== destination.keyArn);
}

/** What is beside the data keys of one store may be the data key of another. */
function besideAll(formats: readonly ConfiguredFormat[]): readonly BesidePlace[] {
  const texts = (places: readonly PlacePattern[]): readonly string[] => places.map(placeText);
  const read = new Set(
    formats.flatMap(({ declared, beside = [] }) => {
      const others = new Set(texts(beside.map(({ place }) => place)));
      return texts(declared).filter(text => !others.has(text));
    }),
  );
  return formats.flatMap(({ beside = [] }) => beside.filter(({ place }) => !read.has(placeText(place))));
}
