import type { OutcomeEntry } from '../journal/entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import type { IntentArchive, JournalledPage } from '../journal/ports.ts';
import { placeOf } from './named-later.ts';

/** A page that was repeated has two intents for a slot. The one that fits says what became of it. */
export function bestOf(entries: readonly OutcomeEntry[]): readonly OutcomeEntry[] {
  const RANK = ['restored', 'failed', 'blocked', 'already-restored'];
  const rank = ({ outcome }: OutcomeEntry): number =>
    RANK.includes(outcome) ? RANK.indexOf(outcome) : RANK.length;
  const best = new Map<string, OutcomeEntry>();
  for (const entry of entries) {
    const place = placeOf(entry);
    const known = best.get(place);
    if (known === undefined || rank(entry) < rank(known)) best.set(place, entry);
  }
  return [...best.values()];
}

/** The outcomes name re-wrapped data keys, but their intents are missing, so they cannot be undone. */
export async function missingIntents(
  { name, intents, outcomes }: JournalledPage,
  archive: IntentArchive,
): Promise<readonly OutcomeEntry[]> {
  if (intents.length > 0) return [];
  const rewrapped = await Promise.all(outcomes.map(name => archive.hasRewrapped(name)));
  return rewrapped.includes(true)
    ? [damage(outcomes[0] ?? name, 'the intents of this page are missing: its data keys cannot be restored')]
    : [];
}

export function damage(name: string, reason: string): OutcomeEntry {
  return {
    schema: JOURNAL_SCHEMA,
    store: 'journal',
    locator: name,
    slot: 'intents',
    outcome: 'failed',
    reason,
  };
}
