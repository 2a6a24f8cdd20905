import { walkUnit, type Turn, type WalkPorts, type WorkedPage } from './account/walk-unit.ts';
import { planChanges, type Move, type PlannedChanges } from './change/plan-changes.ts';
import { intentsOf } from './journal/intents.ts';
import { outcomeEntry } from './journal/outcomes.ts';
import { pageAfter } from './journal/page-after.ts';
import type { OutcomeEntry } from './journal/entries.ts';
import type { UnitProgress } from './model/books.ts';
import type { StoreRecord } from './model/record.ts';
import type { Sealed } from './model/seal.ts';
import { mayNeedSource, type Outcome } from './model/outcome.ts';
import type { EarlierProofs } from './earlier/earlier-proofs.ts';
import { proofsOfUnit } from './earlier/proofs-of-unit.ts';
import { restingOf } from './journal/resting.ts';
import { routeOf } from './routes/registry.ts';
import type { KeyService, RecordStore } from './ports.ts';
import type { Journal, OutcomeArchive } from './journal/ports.ts';
import { Attempts } from './reencrypt/attempts.ts';
import { KeysWithinTime } from './reencrypt/keys-within-time.ts';
import { reencryptPage, type PageAnswer } from './reencrypt/reencrypt-page.ts';
import type { Found } from './scan/find-data-keys.ts';
import { fingerprintOf } from './scan/fingerprint.ts';
import { lookThrough } from './scan/look-through.ts';
import { pages } from './scan/pages.ts';
import type { UnitScope } from './scan/unit-scope.ts';
import type { Part, WorkPage } from './scan/work-page.ts';
import { applyChanges } from './write/apply-changes.ts';
import { countWithoutWriting } from './write/census.ts';

export interface MigratePorts extends WalkPorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly journal: Journal;
  /** Absent where the worker may not read outcomes: it rests on no earlier run. */
  readonly outcomes?: OutcomeArchive;
  /** From 0 to 1, below 1. */
  readonly random: () => number;
}

/**
 * Everything that happens to a unit: page by page, scan → re-encrypt → change → journal → write → account, from the last
 * checkpoint until the unit is done or the invocation is nearly out of time. A page that takes too long is accounted for in
 * parts. It can be killed at any point and called again: what was written is then found `already-current`, and the rest is
 * found as it was.
 */
export async function migrateUnit(scope: UnitScope, ports: MigratePorts): Promise<UnitProgress> {
  const { plan, store } = scope;
  const { route, dryRun, continues: from = [] } = plan;
  return walkUnit<WorkPage>(
    scope,
    {
      phase: 'migrate',
      from,
      requestsPerRecord: { expected: dryRun ? 1 : routeOf(route).calls.length },
      begin: ({ progress, size }) => {
        const keys = new KeysWithinTime(ports.keys, progress.beyond?.said);
        const earlier = proofsOfUnit(scope, progress, { ...ports, keys });
        const asking = { keys, earlier, attempts: new Attempts(plan.sources, plan.destination) };
        // A copy needs the source records as they are now.
        const reads = { consistent: store.copyTo !== undefined, writes: plan.mode !== 'census' };
        const { saidAbout } = keys;
        return {
          pages: pages(ports.records, scope, { progress, size, saidAbout, ...reads }),
          work: (page, turn) => migratePage(scope, page, { ...ports, ...turn, ...asking }),
        };
      },
    },
    // A migration has outcomes in its journal. A census has none, and names what it could not move.
    plan.mode === 'census' ? { ...ports, unproven: ports.journal } : ports,
  );
}

interface Migrating extends Omit<MigratePorts, 'keys'>, Turn {
  readonly keys: KeysWithinTime;
  readonly attempts: Attempts;
  readonly earlier: EarlierProofs | undefined;
}

/** Scan (already done) → re-encrypt → change → journal → write. The walk accounts for the result. */
async function migratePage(scope: UnitScope, page: WorkPage, ports: Migrating): Promise<WorkedPage> {
  const { plan, format } = scope;
  const { records } = ports;
  const asked = await askAbout(scope, page, ports);
  const planned = planChanges(answeredOf(page, asked.answers), { format, records });
  const { entries, sealed } =
    plan.mode === 'census'
      ? { entries: countWithoutWriting(scope, page, planned), sealed: undefined }
      : await journalAndApply(scope, planned, { ...ports, page });
  const { done: part } = page;
  const remaining = entries.filter(({ outcome }) => mayNeedSource(outcome)).length;
  // In a migration, the verify pass does this, with the records as they are by then.
  const looked = plan.mode === 'census' ? { lookAlikes: lookThrough(part.records, scope) } : {};
  const chain = sealed === undefined ? {} : { sealed };
  return { part, entries, remaining, ...chain, ...looked, ...asked.restingIn(part) };
}

interface Asked {
  readonly answers: readonly PageAnswer[];
  /** What of a part rests on the journal of an earlier run. */
  readonly restingIn: (part: Part) => Pick<WorkedPage, 'resting' | 'comparedTo'>;
}

/** Asks KMS about the data keys of a page, or about those that the journal of an earlier run does not prove. */
async function askAbout({ plan }: UnitScope, page: WorkPage, ports: Migrating): Promise<Asked> {
  const { destination, route, dryRun, job } = plan;
  const { keys, attempts, budget, requestsPerSecond, earlier, ledger, progress } = ports;
  const turns = keys.during(budget.asking(requestsPerSecond));
  const ask = (found: WorkPage['found']): Promise<readonly PageAnswer[]> =>
    reencryptPage(found, { keys, attempts, destination, route, dryRun, turns });
  if (earlier === undefined) return { answers: await ask(page.found), restingIn: () => ({}) };
  const { answers, rests, contradicted, reached } = await earlier.answer(page, { turns, ask });
  if (contradicted > 0) await ledger.distrustJournals(job);
  return {
    answers,
    restingIn: ({ records, found }) => ({
      resting: restingOf([...rests].flatMap(([one, how]) => (found.has(one) ? [how] : []))),
      comparedTo: Math.max(progress.comparedTo ?? 0, reached(records)),
    }),
  };
}

/** Ends a page before the first data key without an answer, or without a write. Whatever was done after that is done again. */
function answeredOf<Answered extends { readonly found: Found }>(
  page: WorkPage,
  answered: readonly Answered[],
): readonly Answered[] {
  const { found } = page.upTo(new Set(answered.map(one => one.found)));
  return answered.filter(one => found.has(one.found));
}

interface Journalled {
  readonly entries: readonly OutcomeEntry[];
  readonly sealed: Sealed | undefined;
}

async function journalAndApply(
  scope: UnitScope,
  { changes, settled }: PlannedChanges,
  { page, progress, budget, journal, records }: Migrating & { readonly page: WorkPage },
): Promise<Journalled> {
  const { unit, format } = scope;
  const place = pageAfter(unit, progress);
  const write = (moves: readonly Move[]): Promise<void> =>
    journal.writeIntents(place, intentsOf(scope, moves));
  await write(changes.flat());
  const applied = await applyChanges(changes, {
    ...{ records, format, turns: budget.writing() },
    journal: move => write([move]),
  });
  const fingerprint = fingerprintsOf(scope);
  const entries = answeredOf(page, outcomesOf(page, [settled, applied])).map(({ found, outcome }) => ({
    ...outcomeEntry(scope, found, outcome),
    ...fingerprint(found.record),
  }));
  return { entries, sealed: await journal.writeOutcomes(place, entries) };
}

/** In the order of the page. */
function outcomesOf(
  { found }: WorkPage,
  known: readonly ReadonlyMap<Found, Outcome>[],
): readonly { readonly found: Found; readonly outcome: Outcome }[] {
  return found.flatMap(one => {
    const outcome = known.map(outcomes => outcomes.get(one)).find(Boolean);
    return outcome === undefined ? [] : [{ found: one, outcome }];
  });
}

/** Fingerprints of records as they were read. A copy is another record, so there is nothing to compare. */
function fingerprintsOf({
  plan,
  store,
  format,
}: UnitScope): (record: StoreRecord) => { readonly fingerprint?: string } {
  if (plan.fingerprints !== true || store.copyTo !== undefined) return () => ({});
  const known = new Map<StoreRecord, { readonly fingerprint: string }>();
  return record => {
    const print = known.get(record) ?? { fingerprint: fingerprintOf(record, format.declared) };
    known.set(record, print);
    return print;
  };
}
