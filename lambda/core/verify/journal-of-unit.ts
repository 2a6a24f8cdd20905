import { MAX_FAILURES, type Fingerprints, type UnitProgress } from '../model/books.ts';
import { storeName } from '../stores/places.ts';
import type { StoreRecord } from '../model/record.ts';
import {
  ofEarlierRun,
  outcomesOfRuns,
  provenInEarlierRun,
  type ArchivePorts,
} from '../earlier/outcomes-of-runs.ts';
import { OutcomesBefore, type Before } from '../journal/outcomes-before.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/**
 * What a verify pass knows before it asks. After a migrate pass, that is the journal of this run, and of the runs whose work on
 * the unit it continues. The mode `verify` has no journal of its own, and takes the proofs of the run that it rests on.
 *
 * The pages of two passes differ in size, so the checkpoint of the verify pass says where it is; earlier versions had pages
 * of one size, and their checkpoints do not. A run only continues runs with exactly the same source keys (`workDigest`).
 */
export function outcomesBefore(
  scope: UnitScope,
  progress: UnitProgress,
  ports: ArchivePorts,
): OutcomesBefore {
  const { unit, plan } = scope;
  const { runId, mode, continues = [] } = plan;
  if (mode !== 'migrate') return provenInEarlierRun(scope, progress, ports);
  const { pages, comparedTo = pages } = progress;
  return new OutcomesBefore(
    (async function* () {
      for await (const one of outcomesOfRuns(unit, { runId, continues, comparedTo }, ports))
        yield one.runId === runId ? one.entry : ofEarlierRun(one.entry, one.runId);
    })(),
  );
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
