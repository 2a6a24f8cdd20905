import { freshProgress } from '../account/unit-progress.ts';
import { OutcomesBefore } from '../journal/outcomes-before.ts';
import type { JournalledOutcome, OutcomeArchive } from '../journal/ports.ts';
import type { UnitProgress } from '../model/books.ts';
import type { Unit } from '../model/run.ts';
import type { Ledger } from '../ports.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** Records may be found in another order than in the pass that journalled them, so this many earlier pages are read again. */
const PAGES_BACK = 5;

export interface ArchivePorts {
  readonly archive: OutcomeArchive;
  readonly ledger: Pick<Ledger, 'lastCheckpoint'>;
}

/** A run, and those that it went on from, latest first: whose journals a unit may have. */
export interface JournalledRuns {
  readonly runId: string;
  readonly continues: readonly string[];
}

/**
 * The outcomes of a unit in the migrate passes of a run and of the runs whose work on the unit it went on from, oldest first,
 * each with its run. Pages are numbered through from one run to the next. If the ledger no longer knows which of these runs
 * worked on the unit, all of them are looked through.
 */
export async function* outcomesOfRuns(
  unit: Unit,
  { runId, continues, comparedTo }: JournalledRuns & { readonly comparedTo: number },
  { archive, ledger }: ArchivePorts,
): AsyncGenerator<{ readonly runId: string; readonly entry: JournalledOutcome }> {
  const fromPage = Math.max(0, comparedTo - PAGES_BACK);
  const migrated = await ledger.lastCheckpoint(freshProgress(unit, 'migrate'), runId);
  const runs = [...[...(migrated?.carriedFrom ?? continues)].reverse(), runId];
  for (const of of runs)
    for await (const entry of archive.outcomesOf({ ...unit, runId: of }, fromPage))
      yield { runId: of, entry };
}

/**
 * What the finished migration that a run rests on has proven in a unit; nothing if it rests on none. Only its proofs count:
 * they are about bytes. What is foreign, and what a record was before the run, is asked in each run.
 */
export function provenInEarlierRun(
  { unit, plan: { restsOn = [] } }: UnitScope,
  { comparedTo = 0 }: UnitProgress,
  ports: ArchivePorts,
): OutcomesBefore {
  const [runId, ...continues] = restsOn;
  return new OutcomesBefore(
    (async function* () {
      if (runId === undefined) return;
      for await (const one of outcomesOfRuns(unit, { runId, continues, comparedTo }, ports))
        yield proofOnly(one.entry, one.runId);
    })(),
  );
}

function proofOnly(entry: JournalledOutcome, runId: string): JournalledOutcome {
  const { digest: _digest, fingerprint: _fingerprint, ...rest } = entry;
  return ofEarlierRun(rest, runId);
}

/**
 * What KMS has said in an earlier run. A proof that was carried on from a run before that one keeps the name of the run that
 * KMS has answered, so that nobody has to follow a chain of journals. If it is no proof, a strict reader refuses it as before.
 */
export function ofEarlierRun(entry: JournalledOutcome, runId: string): JournalledOutcome {
  return entry.proof === undefined ? entry : { ...entry, proof: { runId, ...entry.proof } };
}
