import pMap from 'p-map';
import { accountPage } from '../account/account-page.ts';
import { PageBudget } from '../account/page-budget.ts';
import { resumeUnit } from '../account/unit-progress.ts';
import { JOURNAL_SCHEMA, type IntentEntry, type OutcomeEntry } from '../journal/entries.ts';
import { heedControl } from '../account/run-control.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import type { Unit } from '../model/run.ts';
import type {
  Clock,
  Deadline,
  IntentArchive,
  Journal,
  JournalledPage,
  JournalPage,
  Ledger,
  RateShares,
  RecordStore,
  Telemetry,
  WriteResult,
} from '../ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { decide, type Decision } from './decide.ts';
import { journalledPages } from './journalled-pages.ts';
import { namedLater, placeOf } from './named-later.ts';
import { bestOf, damage, missingIntents } from './page-entries.ts';
import { undoIntent } from './undo-intent.ts';

export interface RollbackPorts {
  readonly records: RecordStore;
  readonly archive: IntentArchive;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/** Conditional writes in flight in one worker. */
const IN_FLIGHT = 32;
/** A rollback asks nothing of KMS: the old data keys are in the journal. */
const NO_KMS = { pace: () => undefined, takeUsage: () => ({ requests: 0, throttled: 0 }) };
const NO_SHARES: RateShares = { take: rate => Promise.resolve(rate) };

/**
 * Undoes one unit of a run, journalled page by journalled page: wherever the stored data key is still the one that the
 * run wrote, the old one goes back, by compare-and-swap, and journalled first as every change is. Killed at any point,
 * it can be called again: what was restored is found `already-restored`.
 */
export async function rollbackUnit(scope: UnitScope, ports: RollbackPorts): Promise<UnitProgress> {
  const { unit, plan } = scope;
  const budget = new PageBudget(ports);
  let progress = await resumeUnit(unit, 'rollback', { ledger: ports.ledger, from: plan.continues ?? [] });
  if (progress.done) return progress;
  for await (const { page, cursor } of journalledPages(undoneUnit(scope), progress, ports.archive)) {
    const control = await heedControl(plan, { ...ports, keys: NO_KMS, shares: NO_SHARES });
    if (control.kind === 'pause') return { ...progress, paused: true };
    const entries = await rollbackPage(scope, page, { ...ports, index: progress.pages });
    const records = { length: new Set(entries.map(({ locator }) => locator)).size };
    const position = { ...(cursor !== undefined && { cursor }), done: cursor === undefined };
    const done = { part: { records, withoutDataKey: [], position }, entries, remaining: 0, progress };
    progress = await accountPage(scope, done, { ...ports, keys: NO_KMS });
    if (!budget.allowsAnotherPage()) break;
  }
  return progress;
}

async function rollbackPage(
  scope: UnitScope,
  page: JournalledPage,
  ports: RollbackPorts & { readonly index: number },
): Promise<readonly OutcomeEntry[]> {
  const { archive, journal, index } = ports;
  const read = await Promise.all(
    page.intents.map(async name => ({ name, ...(await archive.readIntents(name)) })),
  );
  const damaged = read.flatMap(one => (one.kind === 'damaged' ? [damage(one.name, one.reason)] : []));
  const intents = read.flatMap(one => (one.kind === 'intents' ? one.intents : []));
  const missing = await missingIntents(page, archive);
  const place = { unit: scope.unit, page: index };
  const later = await namedLater(page, intents, { unit: undoneUnit(scope), archive });
  const outcomes = await carryOutAll(intents, place, ports);
  const entries = [...bestOf(outcomes).filter(one => !later.has(placeOf(one))), ...damaged, ...missing];
  await journal.writeOutcomes(place, entries);
  return entries;
}

/** The unit whose journal is read: that of the run that is undone. */
function undoneUnit({ unit, plan }: UnitScope): Unit {
  return { ...unit, runId: plan.rollsBack ?? '' };
}

/** As many records at a time as can be held together. */
async function carryOutAll(
  intents: readonly IntentEntry[],
  place: JournalPage,
  { records, journal }: RollbackPorts,
): Promise<readonly OutcomeEntry[]> {
  const outcomes: OutcomeEntry[] = [];
  for (let left = intents; left.length > 0;) {
    const locators = [...new Set(left.map(({ locator }) => locator))];
    const found = await records.find(locators);
    if (found.length === 0) throw new Error(`${locators[0]} was looked for, and nothing was said of it`);
    const held = new Map(found.map((record, at) => [locators[at], record]));
    const decided = left
      .filter(({ locator }) => held.has(locator))
      .map(intent => {
        const record = held.get(intent.locator);
        return { intent, record, decision: decide(intent, record) };
      });
    await journal.writeIntents(
      place,
      decided.flatMap(({ intent, record, decision }) =>
        decision.kind === 'restore' && record !== undefined
          ? [undoIntent(intent, record, decision.change)]
          : [],
      ),
    );
    outcomes.push(...(await pMap(decided, one => carryOut(one, records), { concurrency: IN_FLIGHT })));
    left = left.filter(({ locator }) => !held.has(locator));
  }
  return outcomes;
}

interface Decided {
  readonly intent: IntentEntry;
  readonly record: StoreRecord | undefined;
  readonly decision: Decision;
}

async function carryOut({ intent, record, decision }: Decided, records: RecordStore): Promise<OutcomeEntry> {
  if (decision.kind === 'settled' || record === undefined)
    return entryOf(intent, decision.kind === 'settled' ? decision.outcome : GONE);
  const first = await records.write(record, decision.change);
  if (first.kind !== 'precondition-failed') return entryOf(intent, outcomeOf(first, intent));
  // Our own write whose answer got lost, a change beside the data key, or another writer: look again, once.
  const current = await records.reread(record);
  const again = decide(intent, current);
  if (again.kind === 'settled') return entryOf(intent, again.outcome);
  return entryOf(
    intent,
    current === undefined ? GONE : outcomeOf(await records.write(current, again.change), intent),
  );
}

const GONE: Outcome = { kind: 'moved-by-another-writer', reason: 'deleted since that run' };

function outcomeOf(result: WriteResult, { source, destination }: IntentEntry): Outcome {
  switch (result.kind) {
    case 'written':
      return { kind: 'restored', source, destination };
    case 'precondition-failed':
      return { kind: 'moved-by-another-writer', reason: 'changed while it was rolled back', source };
    case 'blocked':
      return { kind: 'blocked', reason: result.reason, source };
    case 'unavailable':
      return { kind: 'failed', reason: result.reason, source };
  }
}

function entryOf({ store, locator, slot, newDigest }: IntentEntry, outcome: Outcome): OutcomeEntry {
  return {
    schema: JOURNAL_SCHEMA,
    store,
    locator,
    slot,
    outcome: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason }),
    digest: newDigest,
    ...('source' in outcome && { source: outcome.source }),
    ...('destination' in outcome && { destination: outcome.destination }),
  };
}
