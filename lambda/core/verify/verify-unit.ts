import { accountPage } from '../account/account-page.ts';
import { resumeUnit } from '../account/unit-progress.ts';
import { PageBudget } from '../account/page-budget.ts';
import { PageSizes } from '../account/page-sizes.ts';
import type { Turns } from '../scan/turns.ts';
import { heedControl } from '../account/run-control.ts';
import { outcomeEntry } from '../journal/outcomes.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Finding } from '../model/data-key.ts';
import type { Clock, Deadline, KeyService, Ledger, RateShares, RecordStore } from '../ports.ts';
import type { Telemetry } from '../account/ports.ts';
import type { OutcomeArchive } from '../journal/ports.ts';
import { KeysWithinTime } from '../reencrypt/keys-within-time.ts';
import { askTwinsOnce } from '../reencrypt/twins.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { lookThrough } from '../scan/look-through.ts';
import { pages } from '../scan/pages.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { askedAbout, DestinationKey } from './ask-destination.ts';
import { compareFingerprints, fingerprintsBefore } from './compare-fingerprints.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import { ciphertextOf } from './asked-ciphertext.ts';

export interface VerifyPorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly archive: OutcomeArchive;
  readonly ledger: Ledger;
  readonly shares: RateShares;
  readonly telemetry: Telemetry;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/**
 * Visits every data key again, with strongly consistent reads and a role that may use the destination key only,
 * and asks the ciphertext itself, not a label: KMS opens it with the destination key, or it does not.
 */
export async function verifyUnit(scope: UnitScope, ports: VerifyPorts): Promise<UnitProgress> {
  const { unit, plan } = scope;
  const budget = new PageBudget(ports);
  // A proof is about one time: a run never goes on from what an earlier one has verified.
  let progress = await resumeUnit(unit, 'verify', { ledger: ports.ledger, from: [] });
  if (progress.done) return progress;
  // Before anything is read: a paused run comes here once a minute.
  const first = await heedControl(plan, ports);
  if (first.kind === 'pause') return { ...progress, paused: true };
  let rate = first.requestsPerSecond;
  const sizes = new PageSizes(plan, progress.books, 1);
  const foreign = await provenForeign(scope, ports.archive);
  const before = fingerprintsBefore(scope, progress, ports.archive);
  const keys = new KeysWithinTime(ports.keys, progress.beyond?.said);
  const destination = new DestinationKey(plan.destination, keys);
  const size = (): number => sizes.at(rate);

  const reads = { consistent: true, writes: false, saidAbout: keys.saidAbout };
  for await (const page of pages(ports.records, scope, { progress, size, ...reads })) {
    const control = await heedControl(plan, ports);
    if (control.kind === 'pause') return { ...progress, paused: true };
    rate = control.requestsPerSecond;
    const judged = await judge(page.found, scope, {
      destination,
      foreign,
      turns: keys.during(budget.asking(rate)),
    });
    const part = page.upTo(new Set(judged.map(({ found }) => found)));
    const verdicts = judged.filter(({ found }) => part.found.has(found));
    const entries = verdicts.map(({ found, outcome }) => outcomeEntry(scope, found, outcome));
    const remaining = verdicts.filter(({ remains }) => remains).length;
    const compared = before && {
      fingerprints: await compareFingerprints(part.records, scope, before),
      comparedTo: before.page,
    };
    const lookAlikes = lookThrough(part.records, scope);
    const done = { part, lookAlikes, entries, remaining, progress };
    progress = await accountPage(scope, { ...done, ...compared }, ports);
    if (!budget.allowsAnotherPage()) break;
    sizes.learn(progress.books, budget.lastConclusion);
  }
  return progress;
}

/**
 * Digests of the ciphertexts of which KMS, in the migrate pass of this run and of those that it continues, has said to
 * every source key that another key made them. A ciphertext never changes its key, so what was asked then still holds for
 * the same bytes; and a run continues only runs with the very same source keys (`workDigest`).
 */
async function provenForeign(
  { unit, plan }: UnitScope,
  archive: OutcomeArchive,
): Promise<ReadonlySet<string>> {
  const foreign = new Set<string>();
  if (plan.mode !== 'migrate') return foreign;
  for (const runId of [plan.runId, ...(plan.continues ?? [])])
    for await (const { outcome, digest: known } of archive.outcomesOf({ ...unit, runId }))
      if (outcome === 'foreign-key' && known !== undefined) foreign.add(known);
  return foreign;
}

interface Judged extends Verdict {
  readonly found: Found;
}

interface Judges {
  readonly destination: DestinationKey;
  readonly foreign: ReadonlySet<string>;
  readonly turns: Turns;
}

/** What needs no question, and what there was time to ask about. */
async function judge(
  found: readonly Found[],
  { plan }: UnitScope,
  { destination, foreign, turns }: Judges,
): Promise<readonly Judged[]> {
  const asked = found.map(({ finding }) => finding).filter(finding => ciphertextOf(finding) !== undefined);
  const ask = (finding: Finding): ReturnType<DestinationKey['ask']> => destination.ask(finding);
  const answers = await askTwinsOnce(asked, askedAbout, { ask, turns });
  return found.flatMap(one => {
    const { finding, record } = one;
    const ciphertext = ciphertextOf(finding);
    if (ciphertext !== undefined && !answers.has(finding)) return [];
    const evidence = {
      record,
      finding,
      keys: plan,
      provenForeign: ciphertext !== undefined && foreign.has(digest(ciphertext)),
    };
    return [{ ...verdictOf(evidence, answers.get(finding)), found: one }];
  });
}
