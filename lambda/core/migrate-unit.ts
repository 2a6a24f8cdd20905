import { accountPage } from './account/account-page.ts';
import { PageBudget } from './account/page-budget.ts';
import { PageSizes } from './account/page-sizes.ts';
import { heedControl } from './account/run-control.ts';
import type { Turns } from './scan/turns.ts';
import { resumeUnit } from './account/unit-progress.ts';
import { planChanges, type Move, type PlannedChanges } from './change/plan-changes.ts';
import { intentsOf } from './journal/intents.ts';
import { outcomeEntry } from './journal/outcomes.ts';
import type { OutcomeEntry } from './journal/entries.ts';
import type { UnitProgress } from './model/books.ts';
import type { StoreRecord } from './model/record.ts';
import { mayNeedSource, type Outcome } from './model/outcome.ts';
import { REQUESTS_PER_DATA_KEY } from './model/route.ts';
import type { Clock, Deadline, KeyService, Ledger, RateShares, RecordStore } from './ports.ts';
import type { Telemetry } from './account/ports.ts';
import type { Journal } from './journal/ports.ts';
import { Attempts } from './reencrypt/attempts.ts';
import { KeysWithinTime } from './reencrypt/keys-within-time.ts';
import { reencryptPage } from './reencrypt/reencrypt-page.ts';
import type { Found } from './scan/find-data-keys.ts';
import { fingerprintOf } from './scan/fingerprint.ts';
import { lookThrough } from './scan/look-through.ts';
import { pages } from './scan/pages.ts';
import type { UnitScope } from './scan/unit-scope.ts';
import type { WorkPage } from './scan/work-page.ts';
import { applyChanges } from './write/apply-changes.ts';
import { countWithoutWriting } from './write/census.ts';

export interface MigratePorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly shares: RateShares;
  readonly telemetry: Telemetry;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/**
 * The whole of what happens to a unit: page by page, scan → re-encrypt → journal → write → account, from the last
 * checkpoint until the unit is done or the invocation's time is nearly spent. A page that takes longer than it should is
 * accounted for in parts. Killed at any point, it can be called again: what was written is found `already-current`, what
 * was not is found as it was.
 */
export async function migrateUnit(scope: UnitScope, ports: MigratePorts): Promise<UnitProgress> {
  const { plan } = scope;
  const { sources, destination, route, dryRun } = plan;
  const attempts = new Attempts(sources, destination);
  const budget = new PageBudget(ports);
  const { continues: from = [] } = plan;
  let progress = await resumeUnit(scope.unit, 'migrate', { ledger: ports.ledger, from });
  if (progress.done) return progress;
  // Before anything is read: a paused run comes here once a minute.
  const first = await heedControl(plan, ports);
  if (first.kind === 'pause') return { ...progress, paused: true };
  let rate = first.requestsPerSecond;
  const sizes = new PageSizes(plan, progress.books, dryRun ? 1 : REQUESTS_PER_DATA_KEY[route.type]);

  const keys = new KeysWithinTime(ports.keys, progress.beyond?.said);
  const { saidAbout } = keys;
  const size = (): number => sizes.at(rate);
  // What is copied to another store is copied as it is now.
  const reads = { consistent: scope.store.copyTo !== undefined, writes: plan.mode !== 'census' };
  for await (const page of pages(ports.records, scope, { progress, size, saidAbout, ...reads })) {
    const control = await heedControl(plan, ports);
    if (control.kind === 'pause') return { ...progress, paused: true };
    rate = control.requestsPerSecond;
    const options = { keys, attempts, destination, route, dryRun };
    const asked = await reencryptPage(page.found, { ...options, turns: keys.during(budget.asking(rate)) });
    const planned = planChanges(answeredOf(page, asked), { format: scope.format, records: ports.records });
    const entries =
      plan.mode === 'census'
        ? countWithoutWriting(scope, page, planned)
        : await journalAndWrite(scope, planned, { page, progress, turns: budget.writing(), ...ports });
    const { done: part } = page;
    const remaining = entries.filter(({ outcome }) => mayNeedSource(outcome)).length;
    // A migration is concluded by its verify pass, which looks through the records as they are then.
    const looked = plan.mode === 'census' ? { lookAlikes: lookThrough(part.records, scope) } : {};
    progress = await accountPage(scope, { part, entries, remaining, progress, ...looked }, ports);
    if (!budget.allowsAnotherPage()) break;
    sizes.learn(progress.books, budget.lastConclusion);
  }
  return progress;
}

/** Leaves a page where answers, or writes, have come to their end; what is done after the first that is missing is done again. */
function answeredOf<Answered extends { readonly found: Found }>(
  page: WorkPage,
  answered: readonly Answered[],
): readonly Answered[] {
  const { found } = page.upTo(new Set(answered.map(one => one.found)));
  return answered.filter(one => found.has(one.found));
}

interface Writing extends MigratePorts {
  readonly page: WorkPage;
  readonly progress: UnitProgress;
  readonly turns: Turns;
}

async function journalAndWrite(
  scope: UnitScope,
  { changes, settled }: PlannedChanges,
  { page, progress, turns, journal, records }: Writing,
): Promise<readonly OutcomeEntry[]> {
  const { unit, format } = scope;
  const place = { unit, page: progress.pages };
  const write = (moves: readonly Move[]): Promise<void> =>
    journal.writeIntents(place, intentsOf(scope, moves));
  await write(changes.flat());
  const applied = await applyChanges(changes, {
    ...{ records, format, turns },
    journal: move => write([move]),
  });
  const fingerprint = fingerprintsOf(scope);
  const entries = answeredOf(page, outcomesOf(page, [settled, applied])).map(({ found, outcome }) => ({
    ...outcomeEntry(scope, found, outcome),
    ...fingerprint(found.record),
  }));
  await journal.writeOutcomes(place, entries);
  return entries;
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

/** Of records as they were read; a copy is another record, so there is nothing to compare. */
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
