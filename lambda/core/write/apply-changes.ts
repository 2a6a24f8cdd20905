import pMap from 'p-map';
import type { Turns } from '../scan/turns.ts';
import { movedInto, type MovedDataKey } from '../change/moved-data-key.ts';
import { isAmong } from '../change/opens-as-expected.ts';
import { moveOf, type Move } from '../change/plan-changes.ts';
import { writtenCiphertext, type Finding } from '../model/data-key.ts';
import { ServiceUnavailable } from '../model/errors.ts';
import type { BoundFormat } from '../model/format.ts';
import { proofOf, type DataKeyProof } from '../model/data-key-proof.ts';
import type { Outcome } from '../model/outcome.ts';
import { changed } from '../places/changed.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RecordStore, WriteResult } from '../ports.ts';
import { isContextBound } from '../keys/check-reply.ts';
import { digest } from '../model/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';

type Outcomes = readonly (readonly [Found, Outcome])[];

export interface ApplyOptions {
  readonly records: RecordStore;
  readonly format: Pick<BoundFormat, 'read' | 'replace'>;
  /** Journals a remade change before it is written. */
  readonly journal: (move: Move) => Promise<void>;
}

/**
 * Writes the changes of a page, as long as there is time, and returns what became of their data keys. Changes that there
 * was no time for have no entry.
 */
export async function applyChanges(
  changes: readonly (readonly Move[])[],
  { turns, ...options }: ApplyOptions & { readonly turns: Turns },
): Promise<ReadonlyMap<Found, Outcome>> {
  let busy: ServiceUnavailable | undefined;
  const outcomes = await pMap(
    changes,
    async moves => {
      const end = busy === undefined ? turns.begin() : undefined;
      if (end === undefined) return [];
      try {
        return await applyToRecord(moves, options);
      } catch (error) {
        busy = storeIsBusy(error);
        return [];
      } finally {
        end();
      }
    },
    { concurrency: turns.inFlight },
  );
  // If something was written, it is accounted for first. Only an invocation that has written nothing reports that the store is busy.
  if (busy !== undefined && outcomes.flat().length === 0) throw busy;
  return new Map(outcomes.flat());
}

/** The store takes no more writes in this invocation. Any other error ends the worker. */
function storeIsBusy(error: unknown): ServiceUnavailable {
  if (error instanceof ServiceUnavailable && error.code === 'store.busy') return error;
  throw error;
}

/** One after the other. If the record is no longer what the next change was made for, that change is remade and journalled. */
async function applyToRecord(moves: readonly Move[], options: ApplyOptions): Promise<Outcomes> {
  const outcomes: (readonly [Found, Outcome])[] = [];
  let otherwise: StoreRecord | undefined;
  for (const planned of moves) {
    const { again, settled } =
      otherwise === undefined ? { again: planned, settled: [] } : await madeAnew(planned, otherwise, options);
    outcomes.push(...settled);
    if (again === undefined) continue;
    const applied = await apply(again, options);
    outcomes.push(...applied.outcomes);
    otherwise = applied.otherwise;
  }
  return outcomes;
}

interface Applied {
  readonly outcomes: Outcomes;
  /** The record as it probably is now, if that is not what this change should have left. */
  readonly otherwise?: StoreRecord;
}

async function apply(move: Move, options: ApplyOptions): Promise<Applied> {
  const { record, places, dataKeys } = move;
  const first = await options.records.write(record, places);
  if (first.kind === 'precondition-failed') return afterRace(move, options);
  return { outcomes: all(dataKeys, first), ...(first.kind !== 'written' && { otherwise: record }) };
}

/** Looks once more: the answer to our own write got lost, something beside the data keys changed, or another writer was here. */
async function afterRace(move: Move, options: ApplyOptions): Promise<Applied> {
  const { record, dataKeys } = move;
  const current = await options.records.reread(record);
  if (current === undefined) return { outcomes: all(dataKeys, { kind: 'precondition-failed' }) };
  if (current.hidden !== undefined)
    return { outcomes: all(dataKeys, { kind: 'blocked', reason: current.hidden }), otherwise: record };
  const { again, settled } = await madeAnew(move, current, options);
  if (again === undefined) return { outcomes: settled, otherwise: current };
  const second = await options.records.write(current, again.places);
  return {
    outcomes: [...settled, ...all(again.dataKeys, second)],
    otherwise: second.kind === 'written' ? changed(current, again.places) : current,
  };
}

interface MadeAnew {
  /** The remade and journalled change, for those data keys that are still as they were read. */
  readonly again?: Move;
  readonly settled: Outcomes;
}

/** Remakes a change for the record as it is now. Data keys that another writer has replaced are left alone. */
async function madeAnew(move: Move, current: StoreRecord, options: ApplyOptions): Promise<MadeAnew> {
  const slots = move.dataKeys.map(one => ({ one, holds: heldNow(one, current, options.format) }));
  const settled = slots.flatMap(({ one, holds }) =>
    holds === 'old' ? [] : all([one], { kind: holds === 'ours' ? 'written' : 'precondition-failed' }),
  );
  const stillOld = slots.flatMap(({ one, holds }) =>
    holds === 'old' ? [movedInto(current, one, options.format)] : [],
  );
  if (stillOld.length === 0) return { settled };
  const again = { ...moveOf(current, stillOld, options.format), retries: move.retries + 1 };
  await options.journal(again);
  return { again, settled };
}

function all(dataKeys: readonly MovedDataKey[], result: WriteResult): Outcomes {
  return dataKeys.map(one => [one.found, outcomeOf(result, one)]);
}

/** What a slot holds after a lost race: our own new ciphertext, still the old one, or another's. */
type HeldNow = 'ours' | 'old' | 'other';

function heldNow(one: MovedDataKey, current: StoreRecord, format: ApplyOptions['format']): HeldNow {
  const { slot, newDigest, found } = one;
  const now = format.read(current).find(finding => finding.slot === slot);
  if (now === undefined) return 'other';
  if (writtenDigest(now) === newDigest) return 'ours';
  if (!isStillRightFor(now, one)) return 'other';
  const sameSource = sourceDigest(now) !== undefined && sourceDigest(now) === sourceDigest(found.finding);
  return sameSource && writtenDigest(now) === writtenDigest(found.finding) ? 'old' : 'other';
}

/** Whether a reader of the written record would still build the context that the new ciphertext is under. */
function isStillRightFor(now: Finding, { reply, context }: MovedDataKey): boolean {
  if (now.kind !== 'data-key') return false;
  const contexts = now.contexts.map(({ destination }) => destination);
  return !isContextBound(reply) || isAmong(contexts, context);
}

function sourceDigest(finding: Finding): string | undefined {
  return 'ciphertext' in finding ? digest(finding.ciphertext) : undefined;
}

/** Digest of what is at the place of the new ciphertext; `undefined` if nothing is. */
function writtenDigest(finding: Finding): string | undefined {
  if (finding.kind !== 'data-key') return sourceDigest(finding);
  const held = writtenCiphertext(finding);
  return held && digest(held);
}

function outcomeOf(result: WriteResult, one: MovedDataKey): Outcome {
  const { source, destination } = one;
  switch (result.kind) {
    case 'written':
      return { kind: 'rewrapped', source, destination, proof: proofOfMove(one) };
    case 'precondition-failed':
      return {
        kind: 'moved-by-another-writer',
        reason: 'changed or deleted between reading and writing; left alone',
        source,
      };
    case 'blocked':
      return { kind: 'blocked', reason: result.reason, source };
    case 'unavailable':
      return { kind: 'failed', reason: result.reason, source };
  }
}

function proofOfMove({
  newDigest,
  destination,
  replacement,
  context,
  kmsRequestIds,
}: MovedDataKey): DataKeyProof {
  const { destinationAlgorithm: encryptionAlgorithm } = replacement;
  return proofOf({ of: newDigest, material: destination, encryptionAlgorithm, context }, kmsRequestIds);
}
