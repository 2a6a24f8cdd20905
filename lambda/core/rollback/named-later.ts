import type { IntentEntry } from '../journal/entries.ts';
import type { Unit } from '../model/run.ts';
import type { IntentArchive, JournalledPage } from '../ports.ts';

/** One place of one record. */
export function placeOf({ store, locator, slot }: Pick<IntentEntry, 'store' | 'locator' | 'slot'>): string {
  return JSON.stringify([store, locator, slot]);
}

/**
 * Places of a page that later pages name again. Where an attempt at a page was given up, or lost to another invocation, the
 * next one may have ended that page earlier, and have come to the rest of it in pages of its own: then it is there that
 * these places are counted. Each page that lies in the journal has at least one data key, and until the rest is over they are
 * of these places, or new: so no more pages are looked at than places.
 */
export async function namedLater(
  { name, workedAgain }: JournalledPage,
  intents: readonly IntentEntry[],
  { unit, archive }: { readonly unit: Unit; readonly archive: IntentArchive },
): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  if (workedAgain !== true) return named;
  const places = new Set(intents.map(placeOf));
  let pages = 0;
  for await (const later of archive.pagesOf(unit, name)) {
    if (pages++ >= places.size || named.size === places.size) break;
    for (const object of later.intents) {
      const read = await archive.readIntents(object);
      if (read.kind === 'damaged') continue;
      for (const intent of read.intents) if (places.has(placeOf(intent))) named.add(placeOf(intent));
    }
  }
  return named;
}
