import pMap from 'p-map';
import { accountPage } from '../account/account-page.ts';
import { PageBudget } from '../account/page-budget.ts';
import { resumeUnit } from '../account/unit-progress.ts';
import { JOURNAL_SCHEMA, type IntentEntry, type OutcomeEntry } from '../journal/entries.ts';
import { heedControl } from '../account/run-control.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import type {
  Clock,
  Deadline,
  IntentArchive,
  Journal,
  JournalledPage,
  Ledger,
  RecordStore,
  Telemetry,
  WriteResult,
} from '../ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { decide, type Decision } from './decide.ts';
import { journalledPages } from './journalled-pages.ts';
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
  const undone = { ...unit, runId: plan.rollsBack ?? '' };
  for await (const { page, cursor } of journalledPages(undone, progress, ports.archive)) {
    const control = await heedControl(plan, { ...ports, keys: NO_KMS });
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
  const { archive, records, journal, index } = ports;
  const read = await Promise.all(
    page.intents.map(async name => ({ name, ...(await archive.readIntents(name)) })),
  );
  const damaged = read.flatMap(one => (one.kind === 'damaged' ? [damage(one.name, one.reason)] : []));
  const intents = read.flatMap(one => (one.kind === 'intents' ? one.intents : []));
  const missing = await missingIntents(page, archive);
  const found = await records.find(intents.map(({ locator }) => locator));
  const decided = intents.map((intent, at) => ({
    intent,
    record: found[at],
    decision: decide(intent, found[at]),
  }));
  const place = { unit: scope.unit, page: index };
  await journal.writeIntents(
    place,
    decided.flatMap(({ intent, record, decision }) =>
      decision.kind === 'restore' && record !== undefined
        ? [undoIntent(intent, record, decision.change)]
        : [],
    ),
  );
  const outcomes = await pMap(decided, one => carryOut(one, records), { concurrency: IN_FLIGHT });
  const entries = [...bestOf(outcomes), ...damaged, ...missing];
  await journal.writeOutcomes(place, entries);
  return entries;
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

/** A page that was worked twice has two intents for a slot: the one that fits tells what became of it. */
function bestOf(entries: readonly OutcomeEntry[]): readonly OutcomeEntry[] {
  const RANK = ['restored', 'failed', 'blocked', 'already-restored'];
  const rank = ({ outcome }: OutcomeEntry): number =>
    RANK.includes(outcome) ? RANK.indexOf(outcome) : RANK.length;
  const best = new Map<string, OutcomeEntry>();
  for (const entry of entries) {
    const place = JSON.stringify([entry.store, entry.locator, entry.slot]);
    const known = best.get(place);
    if (known === undefined || rank(entry) < rank(known)) best.set(place, entry);
  }
  return [...best.values()];
}

/** Outcomes tell of data keys that were re-wrapped, but no intents lie beside them: nothing can be undone from there. */
async function missingIntents(
  { name, intents, outcomes }: JournalledPage,
  archive: IntentArchive,
): Promise<readonly OutcomeEntry[]> {
  if (intents.length > 0) return [];
  const rewrapped = await Promise.all(outcomes.map(name => archive.hasRewrapped(name)));
  return rewrapped.includes(true)
    ? [damage(outcomes[0] ?? name, 'the intents of this page are missing: its data keys cannot be restored')]
    : [];
}

function damage(name: string, reason: string): OutcomeEntry {
  return {
    schema: JOURNAL_SCHEMA,
    store: 'journal',
    locator: name,
    slot: 'intents',
    outcome: 'failed',
    reason,
  };
}
