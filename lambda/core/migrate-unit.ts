import { accountPage } from './account/account-page.ts';
import { resumeUnit } from './account/unit-progress.ts';
import { intentsOf, outcomeEntry } from './journal/journal-page.ts';
import type { OutcomeEntry } from './journal/entries.ts';
import type { UnitProgress } from './model/books.ts';
import { mayNeedSource } from './model/outcome.ts';
import type { Clock, Deadline, Journal, KeyService, Ledger, RecordStore, Telemetry } from './ports.ts';
import { Attempts } from './reencrypt/attempts.ts';
import { reencryptPage, type PageAnswer } from './reencrypt/reencrypt-page.ts';
import { findDataKeys, withoutDataKey, type Found } from './scan/find-data-keys.ts';
import { fingerprintOf } from './scan/fingerprint.ts';
import { lookThrough } from './scan/look-through.ts';
import { pages, startOf } from './scan/pages.ts';
import type { UnitScope } from './scan/unit-scope.ts';
import { PageBudget } from './account/page-budget.ts';
import { heedControl } from './account/run-control.ts';
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
 * checkpoint until the unit is done or the invocation's time is nearly spent. Killed at any point, it can be called
 * again: what was written is found `already-current`, what was not is found as it was.
 */
export async function migrateUnit(scope: UnitScope, ports: MigratePorts): Promise<UnitProgress> {
  const { unit, plan } = scope;
  const { sources, destination, route, dryRun } = plan;
  const attempts = new Attempts(sources, destination);
  const budget = new PageBudget(ports);
  let progress = await resumeUnit(unit, 'migrate', { ledger: ports.ledger, from: plan.continues ?? [] });
  if (progress.done) return progress;
  // Before anything is read: a paused run comes here once a minute.
  if ((await heedControl(plan, ports)).kind === 'pause') return { ...progress, paused: true };

  for await (const page of pages(ports.records, unit.range, {
    ...startOf(progress, scope),
    // What is copied to another store is copied as it is now.
    consistent: scope.store.copyTo !== undefined,
  })) {
    if ((await heedControl(plan, ports)).kind === 'pause') return { ...progress, paused: true };
    const found = findDataKeys(page.records, scope.format);
    const asked = await reencryptPage(found, { keys: ports.keys, attempts, destination, route, dryRun });
    const answers = checkChanges(asked, scope.format);
    const entries =
      plan.mode === 'census'
        ? countWithoutWriting(scope, answers)
        : await journalAndWrite(scope, answers, progress, ports);
    const remaining = entries.filter(({ outcome }) => mayNeedSource(outcome)).length;
    const none = withoutDataKey(page.records, found);
    const done = { page, withoutDataKey: none, entries, remaining, progress };
    // A migration is concluded by its verify pass, which looks through the records as they are then.
    const looked = plan.mode === 'census' ? { lookAlikes: lookThrough(page.records, scope) } : {};
    progress = await accountPage(scope, { ...done, ...looked }, ports);
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
