import { isSamePlace, storePlaceText, type StorePlace } from '../model/store-place.ts';
import { wrappedWords } from '../model/wrapped-records.ts';
import { blocks, note, type RetireFinding } from './findings.ts';
import { proofsIn, type KnownStore } from './store-findings.ts';

/** Records under keys of another table need the key for as long as that table needs it. */
export function wrappedFindings(stores: readonly KnownStore[]): readonly RetireFinding[] {
  return stores.flatMap(({ evidence }) =>
    proofsIn(evidence).flatMap(({ place, wrappedBy = [] }) =>
      wrappedBy.map(wrapped => {
        const { prefix: _prefix, ...there } = place;
        const other: StorePlace = { ...there, name: wrapped.table };
        const words = wrappedWords(wrapped);
        return isProven(other, stores)
          ? note(storePlaceText(place), `${words}, which a run has done`)
          : blocks(storePlaceText(place), `${words}: no completed run has proven it`);
      }),
    ),
  );
}

function isProven(place: StorePlace, stores: readonly KnownStore[]): boolean {
  const there = stores.filter(one => isSamePlace(one.place, place));
  return there.length > 0 && there.every(({ evidence }) => evidence.kind === 'proven');
}
