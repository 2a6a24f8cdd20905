import pMap from 'p-map';
import { walkUnit, type WalkPorts, type WorkedPage } from '../account/walk-unit.ts';
import type { IntentEntry, OutcomeEntry } from '../journal/entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import { intentsOf } from '../journal/intents.ts';
import { pageAfter } from '../journal/page-after.ts';
import type { RecordChange } from '../change/record-change.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Unit } from '../model/run.ts';
import type { RecordStore } from '../ports.ts';
import type { IntentArchive, Journal, JournalledPage, JournalPage } from '../journal/ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { decide } from './decide.ts';
import { journalledPages, type PageToUndo } from './journalled-pages.ts';
import { latestIntents } from './latest-intents.ts';
import { namedLater, placeOf } from './named-later.ts';
import { bestOf, damage, missingIntents } from './page-entries.ts';
import { undoRecord, type RecordToUndo, type Undone } from './undo-record.ts';

export interface RollbackPorts extends Omit<WalkPorts, 'keys'> {
  readonly records: RecordStore;
  readonly archive: IntentArchive;
  readonly journal: Journal;
}

/** Conditional writes in flight in one worker. */
const IN_FLIGHT = 32;
/** A rollback asks nothing of KMS: the old data keys are in the journal. */
const NO_KMS = { pace: () => undefined, takeUsage: () => ({ requests: 0, throttled: 0 }) };

/**
 * Undoes one unit of a run, page by page of its journal. If the stored data key is still the one that the run wrote, the old
 * one is put back by compare-and-swap, and journalled first like every change. It can be killed at any point and called
 * again: what was restored is then found `already-restored`.
 */
export async function rollbackUnit(scope: UnitScope, ports: RollbackPorts): Promise<UnitProgress> {
  const { continues: from = [] } = scope.plan;
  return walkUnit<PageToUndo>(
    scope,
    {
      phase: 'rollback',
      from,
      requestsPerRecord: { expected: 0 },
      begin: ({ progress }) => ({
        pages: journalledPages(undoneUnit(scope), progress, ports.archive),
        work: ({ page, cursor }, { progress: at }) =>
          rollbackPage(scope, page, { ...ports, place: pageAfter(scope.unit, at), cursor }),
      }),
    },
    { ...ports, keys: NO_KMS },
  );
}

async function rollbackPage(
  scope: UnitScope,
  page: JournalledPage,
  ports: RollbackPorts & { readonly place: JournalPage; readonly cursor: string | undefined },
): Promise<WorkedPage> {
  const { archive, journal, place, cursor } = ports;
  const read = await Promise.all(
    page.intents.map(async name => ({ name, ...(await archive.readIntents(name)) })),
  );
  const damaged = read.flatMap(one => (one.kind === 'damaged' ? [damage(one.name, one.reason)] : []));
  const intents = read.flatMap(one => (one.kind === 'intents' ? one.intents : []));
  const missing = await missingIntents(page, archive);
  const later = await namedLater(page, intents, { unit: undoneUnit(scope), archive });
  const outcomes = await undoAll(intents, place, { ...ports, scope });
  const entries = [...bestOf(outcomes).filter(one => !later.has(placeOf(one))), ...damaged, ...missing];
  const sealed = await journal.writeOutcomes(place, entries);
  const records = { length: new Set(entries.map(({ locator }) => locator)).size };
  const position = { ...(cursor !== undefined && { cursor }), done: cursor === undefined };
  const chain = sealed === undefined ? {} : { sealed };
  return { part: { records, withoutDataKey: [], position }, entries, remaining: 0, ...chain };
}

/** The unit of the run that is undone, whose journal is read. */
function undoneUnit({ unit, plan }: UnitScope): Unit {
  return { ...unit, runId: plan.rollsBack ?? '' };
}

/** As many records at a time as fit into memory; the changes of each record in their order. */
async function undoAll(
  intents: readonly IntentEntry[],
  place: JournalPage,
  { scope, records, journal }: RollbackPorts & { readonly scope: UnitScope },
): Promise<readonly OutcomeEntry[]> {
  const byRecord = new Map<string, IntentEntry[]>();
  for (const intent of latestIntents(intents))
    byRecord.set(intent.locator, [...(byRecord.get(intent.locator) ?? []), intent]);
  const write = (changes: readonly RecordChange[]): Promise<void> =>
    journal.writeIntents(place, intentsOf(scope, changes));
  const entries: OutcomeEntry[] = [];
  for (let left = [...byRecord]; left.length > 0;) {
    const found = await records.find(left.map(([locator]) => locator));
    if (found.length === 0) throw new Error(`${left[0]?.[0]} was looked for, and nothing was said of it`);
    const { format } = scope;
    const toUndo = found.flatMap((record, at): readonly RecordToUndo[] => {
      const [first, ...rest] = left[at]?.[1] ?? [];
      if (first === undefined) return [];
      return [{ record, intents: [first, ...rest], first: decide(first, record, format) }];
    });
    await write(toUndo.flatMap(({ first: { change } }) => (change === undefined ? [] : [change])));
    const undone = await pMap(toUndo, one => undoRecord(one, { records, format, journal: write }), {
      concurrency: IN_FLIGHT,
    });
    entries.push(...undone.flat().flatMap(entriesOf));
    left = left.slice(found.length);
  }
  return entries;
}

function entriesOf({
  intent,
  undone,
}: {
  readonly intent: IntentEntry;
  readonly undone: Undone;
}): readonly OutcomeEntry[] {
  const { store, locator } = intent;
  return undone.map(([{ slot, newDigest }, outcome]) => ({
    schema: JOURNAL_SCHEMA,
    ...{ store, locator, slot },
    outcome: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason }),
    digest: newDigest,
    ...('source' in outcome && { source: outcome.source }),
    ...('destination' in outcome && { destination: outcome.destination }),
  }));
}
