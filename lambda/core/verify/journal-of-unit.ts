import { MAX_FAILURES, type Fingerprints, type UnitProgress } from '../model/books.ts';
import { storeName } from '../stores/places.ts';
import type { StoreRecord } from '../model/record.ts';
import { OutcomesBefore, type Before } from '../journal/outcomes-before.ts';
import type { JournalledOutcome, OutcomeArchive } from '../journal/ports.ts';
import type { Ledger } from '../ports.ts';
import { freshProgress } from '../account/unit-progress.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** Records may be found in another order than in the migrate pass, so this many earlier pages are read again. */
const PAGES_BACK = 5;

/**
 * Opens the journals of this run, and of the runs whose work on the unit it continues, oldest first, where the verify pass
 * left them. Pages are numbered through from one run to the next. The pages of the two passes differ in size, so the
 * checkpoint of the verify pass says where it is; earlier versions had pages of one size, and their checkpoints do not.
 *
 * A ciphertext never changes its key, so what KMS said about it in a migrate pass still holds for the same bytes. And a run
 * only continues runs with exactly the same source keys (`workDigest`).
 */
export function outcomesBefore(
  { unit, plan }: UnitScope,
  { pages, comparedTo = pages }: UnitProgress,
  { archive, ledger }: { readonly archive: OutcomeArchive; readonly ledger: Pick<Ledger, 'lastCheckpoint'> },
): OutcomesBefore {
  const fromPage = Math.max(0, comparedTo - PAGES_BACK);
  return new OutcomesBefore(
    (async function* () {
      if (plan.mode !== 'migrate') return;
      const migrated = await ledger.lastCheckpoint(freshProgress(unit, 'migrate'), plan.runId);
      const runs = [...[...(migrated?.carriedFrom ?? plan.continues ?? [])].reverse(), plan.runId];
      for (const runId of runs)
        for await (const entry of archive.outcomesOf({ ...unit, runId }, fromPage))
          yield runId === plan.runId ? entry : ofEarlierRun(entry, runId);
    })(),
  );
}

/** What KMS has said in a run that this one continues. If it is no proof, a strict reader refuses it as before. */
function ofEarlierRun(entry: JournalledOutcome, runId: string): JournalledOutcome {
  return entry.proof === undefined ? entry : { ...entry, proof: { ...entry.proof, runId } };
}

/** Compares the records of a page with their earlier fingerprints: how many there are, and which have changed. */
export function compareFingerprints(
  records: readonly StoreRecord[],
  { store, format }: UnitScope,
  before: ReadonlyMap<StoreRecord, Before>,
): Fingerprints {
  let compared = 0;
  const changed: { store: string; locator: string }[] = [];
  for (const record of records) {
    const was = before.get(record)?.fingerprint;
    if (was === undefined) continue;
    compared++;
    if (was !== fingerprintOf(record, format.declared))
      changed.push({ store: storeName(store), locator: record.locator });
  }
  return { compared, changed: changed.length, first: changed.slice(0, MAX_FAILURES) };
}
