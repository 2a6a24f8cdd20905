import type { ConfiguredFormat } from '../model/format.ts';
import type { Job, Store } from '../model/job.ts';
import type { PlacePattern } from '../model/place.ts';
import type { Problem } from '../model/problem.ts';
import { mayMeet, placeText } from '../places/pattern.ts';
import { storeName } from '../stores/places.ts';

type Overlap = (one: Store, other: Store) => boolean;

/**
 * Stores over the same records of which one changes what the context of the other is made of, or where its data key is: nobody could
 * open what the other has moved, or would move. Each store knows what it changes itself, and nothing of the others.
 */
export function changedByOthers(
  { stores }: Job,
  bound: readonly ConfiguredFormat[],
  overlap: Overlap,
): readonly Problem[] {
  return stores.flatMap((store, index) =>
    stores.flatMap((other, at) => {
      const [format, changing] = [bound[index], bound[at]];
      if (at === index || format === undefined || changing === undefined) return [];
      // What goes to a copy leaves these records as they are.
      if (other.copyTo !== undefined || !overlap(store, other)) return [];
      const path = `stores[${index}].format`;
      const name = `stores[${at}] (${storeName(other)})`;
      return problemOf(format, changing, name).map(problem => ({ path, ...problem }));
    }),
  );
}

/** The first one: there is one mistake, however many places it shows in. */
function problemOf(
  { contextFrom = [], declared }: ConfiguredFormat,
  changing: ConfiguredFormat,
  name: string,
): readonly Omit<Problem, 'path'>[] {
  const { changes = changing.declared } = changing;
  const context = meeting(changes, contextFrom);
  if (context !== undefined)
    return [
      {
        value: placeText(context),
        words: `makes contexts of what ${name} changes, so that readers could not open its data keys any more; make the context of other places, or name both data keys in one store by a pattern such as keys[*].edk`,
      },
    ];
  // Two stores with one data key have a problem of their own.
  const beside = changes.filter(place => place !== changing.declared[0]);
  const dataKey = meeting(beside, declared.slice(0, 1));
  if (dataKey === undefined) return [];
  const words = `has its data keys where ${name} writes something else; give everything beside a data key a place of its own`;
  return [{ value: placeText(dataKey), words }];
}

function meeting(
  changes: readonly PlacePattern[],
  places: readonly PlacePattern[],
): PlacePattern | undefined {
  return changes.find(change => places.some(place => mayMeet(change, place)));
}
