import type { IntentEntry, OutcomeEntry } from '../journal/entries.ts';
import type { Unit } from '../model/run.ts';
import type { IntentArchive, JournalledPage } from '../journal/ports.ts';

/** One slot of one record. */
export function placeOf({ store, locator, slot }: Pick<OutcomeEntry, 'store' | 'locator' | 'slot'>): string {
  return JSON.stringify([store, locator, slot]);
}

function placesOf(intents: readonly IntentEntry[]): readonly string[] {
  return intents.flatMap(({ store, locator, dataKeys }) =>
    dataKeys.map(({ slot }) => placeOf({ store, locator, slot })),
  );
}

/**
 * Places of a page that later pages name again. If an attempt at a page was given up, or lost to another invocation, the
 * next attempt may have ended that page earlier and handled the rest in later pages. Those places are counted there. Every
 * page in the journal has at least one data key, so at most as many pages have to be looked at as there are places.
 */
export async function namedLater(
  { name, workedAgain }: JournalledPage,
  intents: readonly IntentEntry[],
  { unit, archive }: { readonly unit: Unit; readonly archive: IntentArchive },
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  if (workedAgain !== true) return named;
  const places = new Set(placesOf(intents));
  let pages = 0;
  for await (const later of archive.pagesOf(unit, name)) {
    if (pages++ >= places.size || named.size === places.size) break;
    for (const object of later.intents) {
      const read = await archive.readIntents(object);
      if (read.kind === 'damaged') continue;
      for (const place of placesOf(read.intents)) if (places.has(place)) named.add(place);
    }
  }
  return named;
}
