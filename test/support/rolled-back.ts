import { readIntents } from '../../lambda/core/journal/read-intents.ts';
import type { IntentArchive, JournalledPage, ReadIntents } from '../../lambda/core/journal/ports.ts';
import { scope } from './builders.ts';
import { FakeJournal, type FakePorts } from './fake-ports.ts';

export function pagesOf(pages: readonly JournalledPage[]): IntentArchive['pagesOf'] {
  return async function* (_unit, after) {
    const start = pages.findIndex(({ name }) => name === after) + 1;
    yield* await Promise.resolve(pages.slice(start));
  };
}

/** Reads intents as they come out of their bucket: as lines of text, which are trusted only if all of them are complete. */
export function reread(intents: readonly unknown[]): ReadIntents {
  return readIntents(intents.map(intent => `${JSON.stringify(intent)}\n`).join(''));
}

/** The journal of a migration as a rollback reads it: one page that contains everything, unless a test says otherwise. */
export function archiveOf(journal: FakeJournal, changes: Partial<IntentArchive> = {}): IntentArchive {
  return {
    pagesOf: pagesOf([{ name: 'page-1', intents: ['intents-1'], outcomes: ['outcomes-1'] }]),
    readIntents: () => Promise.resolve(reread(journal.intents)),
    hasRewrapped: () => Promise.resolve(true),
    ...changes,
  };
}

export const ROLLBACK = scope({ runId: 'run-2', mode: 'rollback', rollsBack: 'run-1' });

export function migrated(ports: FakePorts, changes: Partial<IntentArchive> = {}) {
  const archive = archiveOf(ports.journal, changes);
  return { ...ports, archive, journal: new FakeJournal() };
}

/** All attributes of a table as text, to compare whole tables. */
export const snapshot = ({ records }: FakePorts): string =>
  JSON.stringify([...records.items.values()].map(({ attributes }) => attributes));
