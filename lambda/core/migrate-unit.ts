import { accountPage } from './account/account-page.ts';
import { PageBudget } from './account/page-budget.ts';
import { PageSizes } from './account/page-sizes.ts';
import { heedControl } from './account/run-control.ts';
import { resumeUnit } from './account/unit-progress.ts';
import { intentsOf, outcomeEntry } from './journal/journal-page.ts';
import type { OutcomeEntry } from './journal/entries.ts';
import type { UnitProgress } from './model/books.ts';
import { mayNeedSource } from './model/outcome.ts';
import { REQUESTS_PER_DATA_KEY } from './model/route.ts';
import type { Clock, Deadline, Journal, KeyService, Ledger, RecordStore, Telemetry } from './ports.ts';
import { Attempts } from './reencrypt/attempts.ts';
import { reencryptPage, type PageAnswer } from './reencrypt/reencrypt-page.ts';
import type { Found } from './scan/find-data-keys.ts';
import { fingerprintOf } from './scan/fingerprint.ts';
import { lookThrough } from './scan/look-through.ts';
import { pages } from './scan/pages.ts';
import type { UnitScope } from './scan/unit-scope.ts';
import { countWithoutWriting } from './write/census.ts';
import { checkChanges } from './write/check-changes.ts';
import { writePage } from './write/write-page.ts';

export interface MigratePorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly journal: Journal;
  readonly ledger: Ledger;
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

  const size = (): number => sizes.at(rate);
  // What is copied to another store is copied as it is now.
  const reads = { consistent: scope.store.copyTo !== undefined, writes: plan.mode !== 'census' };
  for await (const page of pages(ports.records, scope, { progress, size, ...reads })) {
    const control = await heedControl(plan, ports);
    if (control.kind === 'pause') return { ...progress, paused: true };
    rate = control.requestsPerSecond;
    const options = { keys: ports.keys, attempts, destination, route, dryRun };
    const asked = await reencryptPage(page.found, { ...options, asking: budget.asking(rate) });
    const part = page.upTo(new Set(asked.map(({ found }) => found)));
    const within = asked.filter(({ found }) => part.found.has(found));
    const answers = checkChanges(within, scope.format);
    const entries =
      plan.mode === 'census'
        ? countWithoutWriting(scope, answers)
        : await journalAndWrite(scope, answers, progress, ports);
    const remaining = entries.filter(({ outcome }) => mayNeedSource(outcome)).length;
    // A migration is concluded by its verify pass, which looks through the records as they are then.
    const looked = plan.mode === 'census' ? { lookAlikes: lookThrough(part.records, scope) } : {};
    progress = await accountPage(scope, { part, entries, remaining, progress, ...looked }, ports);
    sizes.learn(progress.books);
    if (!budget.allowsAnotherPage()) break;
  }
  return progress;
}

async function journalAndWrite(
  scope: UnitScope,
  answers: readonly PageAnswer[],
  progress: UnitProgress,
  { journal, records }: MigratePorts,
): Promise<readonly OutcomeEntry[]> {
  const page = { unit: scope.unit, page: progress.pages };
  await journal.writeIntents(page, intentsOf(scope, answers));
  const written = await writePage(answers, { records, format: scope.format });
  const entries = written.map(({ found, outcome }) => ({
    ...outcomeEntry(scope, found, outcome),
    ...fingerprint(scope, found),
  }));
  await journal.writeOutcomes(page, entries);
  return entries;
}

/** Of the record as it was read; a copy is another record, so there is nothing to compare. */
function fingerprint({ plan, store, format }: UnitScope, { record }: Found): { fingerprint?: string } {
  return plan.fingerprints === true && store.copyTo === undefined
    ? { fingerprint: fingerprintOf(record, format.declared) }
    : {};
}
