import { walkUnit, type Turn, type WalkPorts, type WorkedPage } from '../account/walk-unit.ts';
import { DestinationKey } from '../earlier/ask-destination.ts';
import type { Before, OutcomesBefore } from '../journal/outcomes-before.ts';
import { outcomeEntry } from '../journal/outcomes.ts';
import type { UnitProgress } from '../model/books.ts';
import type { StoreRecord } from '../model/record.ts';
import type { KeyService, Ledger, RecordStore } from '../ports.ts';
import type { OutcomeArchive } from '../journal/ports.ts';
import { restingOf } from '../journal/resting.ts';
import { Sample } from '../journal/sample.ts';
import { KeysWithinTime } from '../reencrypt/keys-within-time.ts';
import { lookThrough } from '../scan/look-through.ts';
import { pages } from '../scan/pages.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import type { WorkPage } from '../scan/work-page.ts';
import { capacityOf } from '../stores/places.ts';
import { judge } from './judge.ts';
import { ReadPace } from './read-pace.ts';
import { compareFingerprints, outcomesBefore } from './journal-of-unit.ts';

export interface VerifyPorts extends WalkPorts {
  readonly records: RecordStore;
  readonly keys: KeyService;
  readonly archive: OutcomeArchive;
  /** From 0 to 1, below 1. */
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

/**
 * Visits every data key again, with strongly consistent reads and a role that may use only the destination key. It trusts no
 * label: KMS has said of these very bytes, in the migrate pass or now, that the destination key opens them, or it has not.
 */
export async function verifyUnit(scope: UnitScope, ports: VerifyPorts): Promise<UnitProgress> {
  const { followed, runId } = scope.plan;
  // Before the first read: a checkpoint comes after it, and what is written in between would be seen by nobody.
  if (followed === true) await ports.ledger.noteVerifying(runId);
  return walkUnit<WorkPage>(
    scope,
    {
      phase: 'verify',
      // A proof is about one time, so a run never continues from what an earlier one has verified.
      from: [],
      // Objects are visited at the rate of the run, so a page of them is as long as if each were asked about.
      requestsPerRecord: { expected: 1, least: hasCapacity(scope) ? 0 : 1 },
      begin: ({ progress, size }) => {
        const keys = new KeysWithinTime(ports.keys, progress.beyond?.said);
        const destination = new DestinationKey(scope.plan.destination, keys);
        const before = outcomesBefore(scope, progress, ports);
        const reads = { consistent: true, writes: false, saidAbout: keys.saidAbout };
        const contradicted = (progress.books.resting?.contradicted ?? 0) > 0;
        const { random, clock } = ports;
        const pace = new ReadPace();
        const sample = new Sample({ keys: scope.plan, random, clock, contradicted });
        return {
          pages: pages(ports.records, scope, { progress, size, ...reads }),
          work: async (page, turn) => {
            if (!hasCapacity(scope)) await waitFor(page, turn, { ...ports, pace });
            return verifyPage(scope, page, {
              ...turn,
              keys,
              destination,
              before,
              sample,
              ledger: ports.ledger,
            });
          },
        };
      },
    },
    ports,
  );
}

function hasCapacity({ store, plan }: UnitScope): boolean {
  return capacityOf(store, plan.storeRegion).length > 0;
}

async function waitFor(
  page: WorkPage,
  { requestsPerSecond }: Turn,
  { pace, clock, wait }: Pick<VerifyPorts, 'clock' | 'wait'> & { readonly pace: ReadPace },
): Promise<void> {
  const ms = pace.reserve(clock.now(), page.records.length, requestsPerSecond);
  if (ms > 0) await wait(ms);
}

interface Verifying extends Turn {
  readonly keys: KeysWithinTime;
  readonly destination: DestinationKey;
  readonly before: OutcomesBefore;
  readonly sample: Sample;
  readonly ledger: Pick<Ledger, 'distrustJournals'>;
}

async function verifyPage(
  scope: UnitScope,
  page: WorkPage,
  { keys, budget, requestsPerSecond, progress, destination, before, sample, ledger }: Verifying,
): Promise<WorkedPage> {
  const known = new Map<StoreRecord, Before>();
  for (const record of page.records) {
    const one = await before.of(record.locator);
    if (one !== undefined) known.set(record, one);
  }
  const turns = keys.during(budget.asking(requestsPerSecond));
  const judged = await judge(page.found, scope, { destination, known, turns, sample });
  if (judged.some(({ rests }) => rests.contradicted)) await ledger.distrustJournals(scope.plan.job);
  const part = page.upTo(new Set(judged.map(({ found }) => found)));
  const verdicts = judged.filter(({ found }) => part.found.has(found));
  const { pages: counted, comparedTo = counted } = progress;
  return {
    part,
    lookAlikes: lookThrough(part.records, scope),
    entries: verdicts.map(({ found, outcome }) => outcomeEntry(scope, found, outcome)),
    remaining: verdicts.filter(({ remains }) => remains).length,
    resting: restingOf(verdicts.map(({ rests }) => rests)),
    ...((scope.plan.mode === 'migrate' || scope.plan.restsOn !== undefined) && {
      comparedTo: Math.max(comparedTo, ...part.records.map(record => known.get(record)?.page ?? 0)),
    }),
    ...(scope.plan.mode === 'migrate' &&
      scope.plan.fingerprints === true && {
        fingerprints: compareFingerprints(part.records, scope, known),
      }),
  };
}
