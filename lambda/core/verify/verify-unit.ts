import { walkUnit, type Turn, type WalkPorts, type WorkedPage } from '../account/walk-unit.ts';
import type { Turns } from '../scan/turns.ts';
import { outcomeEntry } from '../journal/outcomes.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Finding } from '../model/data-key.ts';
import type { StoreRecord } from '../model/record.ts';
import type { KeyService, RecordStore } from '../ports.ts';
import type { OutcomeArchive } from '../journal/ports.ts';
import { KeysWithinTime } from '../reencrypt/keys-within-time.ts';
import { askTwinsOnce } from '../reencrypt/twins.ts';
import { digest } from '../model/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { lookThrough } from '../scan/look-through.ts';
import { pages } from '../scan/pages.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import type { WorkPage } from '../scan/work-page.ts';
import { askedAbout, DestinationKey } from './ask-destination.ts';
import { compareFingerprints, outcomesBefore, type Before, type OutcomesBefore } from './outcomes-before.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import { ciphertextOf } from './asked-ciphertext.ts';

export interface VerifyPorts extends WalkPorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly archive: OutcomeArchive;
}

/**
 * Visits every data key again, with strongly consistent reads and a role that may use only the destination key. It trusts no
 * label: either KMS opens the ciphertext with the destination key, or it does not.
 */
export async function verifyUnit(scope: UnitScope, ports: VerifyPorts): Promise<UnitProgress> {
  return walkUnit<WorkPage>(
    scope,
    {
      phase: 'verify',
      // A proof is about one time, so a run never continues from what an earlier one has verified.
      from: [],
      requestsPerRecord: 1,
      begin: ({ progress, size }) => {
        const keys = new KeysWithinTime(ports.keys, progress.beyond?.said);
        const destination = new DestinationKey(scope.plan.destination, keys);
        const before = outcomesBefore(scope, progress, ports);
        const reads = { consistent: true, writes: false, saidAbout: keys.saidAbout };
        return {
          pages: pages(ports.records, scope, { progress, size, ...reads }),
          work: (page, turn) => verifyPage(scope, page, { ...turn, keys, destination, before }),
        };
      },
    },
    ports,
  );
}

interface Verifying extends Turn {
  readonly keys: KeysWithinTime;
  readonly destination: DestinationKey;
  readonly before: OutcomesBefore;
}

async function verifyPage(
  scope: UnitScope,
  page: WorkPage,
  { keys, budget, requestsPerSecond, progress, destination, before }: Verifying,
): Promise<WorkedPage> {
  const known = new Map<StoreRecord, Before>();
  for (const record of page.records) {
    const one = await before.of(record.locator);
    if (one !== undefined) known.set(record, one);
  }
  const turns = keys.during(budget.asking(requestsPerSecond));
  const judged = await judge(page.found, scope, { destination, known, turns });
  const part = page.upTo(new Set(judged.map(({ found }) => found)));
  const verdicts = judged.filter(({ found }) => part.found.has(found));
  const { pages: counted, comparedTo = counted } = progress;
  return {
    part,
    lookAlikes: lookThrough(part.records, scope),
    entries: verdicts.map(({ found, outcome }) => outcomeEntry(scope, found, outcome)),
    remaining: verdicts.filter(({ remains }) => remains).length,
    ...(scope.plan.mode === 'migrate' && {
      comparedTo: Math.max(comparedTo, ...part.records.map(record => known.get(record)?.page ?? 0)),
    }),
    ...(scope.plan.mode === 'migrate' &&
      scope.plan.fingerprints === true && {
        fingerprints: compareFingerprints(part.records, scope, known),
      }),
  };
}

interface Judged extends Verdict {
  readonly found: Found;
}

interface Judges {
  readonly destination: DestinationKey;
  readonly known: ReadonlyMap<StoreRecord, Before>;
  readonly turns: Turns;
}

/** Findings that need no question, and those that there was time to ask about. */
async function judge(
  found: readonly Found[],
  { plan }: UnitScope,
  { destination, known, turns }: Judges,
): Promise<readonly Judged[]> {
  const asked = found.map(({ finding }) => finding).filter(finding => ciphertextOf(finding) !== undefined);
  const ask = (finding: Finding): ReturnType<DestinationKey['ask']> => destination.ask(finding);
  const answers = await askTwinsOnce(asked, askedAbout, { ask, turns });
  return found.flatMap(one => {
    const { finding, record } = one;
    const ciphertext = ciphertextOf(finding);
    if (ciphertext !== undefined && !answers.has(finding)) return [];
    const provenForeign =
      ciphertext !== undefined && known.get(record)?.foreign.has(digest(ciphertext)) === true;
    const evidence = { record, finding, keys: plan, provenForeign };
    return [{ ...verdictOf(evidence, answers.get(finding)), found: one }];
  });
}
