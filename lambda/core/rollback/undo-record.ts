import type { IntendedDataKey, IntentEntry } from '../journal/entries.ts';
import type { RecordChange } from '../change/record-change.ts';
import type { BoundFormat } from '../model/format.ts';
import type { Outcome } from '../model/outcome.ts';
import { changed } from '../places/changed.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RecordStore, WriteResult } from '../ports.ts';
import { decide, type Decision, type UndoneDataKey } from './decide.ts';

export type Undone = readonly (readonly [IntendedDataKey, Outcome])[];

export interface UndoOptions {
  readonly records: RecordStore;
  readonly format: Pick<BoundFormat, 'read'>;
  /** Makes a change durable before it is written. */
  readonly journal: (changes: readonly RecordChange[]) => Promise<void>;
}

/** A record, and what a run was about to do to it, usually in one write. */
export interface RecordToUndo {
  readonly record: StoreRecord | undefined;
  readonly intents: readonly IntentEntry[];
  /** The decision about the first intent, already journalled. */
  readonly first: Decision;
}

/** Carries out what was decided, one write after the other. */
export async function undoRecord(
  { record, intents, first }: RecordToUndo,
  options: UndoOptions,
): Promise<readonly { readonly intent: IntentEntry; readonly undone: Undone }[]> {
  const done: { readonly intent: IntentEntry; readonly undone: Undone }[] = [];
  let current = record;
  for (const [index, intent] of intents.entries()) {
    const decision = index === 0 ? first : await decided(intent, current, { ...options, retries: 0 });
    const carriedOut = await carryOut(intent, decision, options);
    done.push({ intent, undone: [...decision.settled, ...carriedOut.undone] });
    if (decision.change !== undefined) current = carriedOut.record;
  }
  return done;
}

interface CarriedOut {
  readonly undone: Undone;
  /** As it is now. */
  readonly record: StoreRecord | undefined;
}

async function carryOut(
  intent: IntentEntry,
  { change }: Decision,
  options: UndoOptions,
): Promise<CarriedOut> {
  if (change === undefined) return { undone: [], record: undefined };
  const first = await options.records.write(change.record, change.places);
  if (first.kind !== 'precondition-failed') return written(change, first);
  // The answer to our own write got lost, something beside the data key changed, or another writer was here: look again, once.
  const current = await options.records.reread(change.record);
  const undoes = new Set(change.dataKeys.map(one => one.undoes));
  const left = await decided(intent, current, { ...options, retries: 1 });
  const settled = left.settled.filter(([dataKey]) => undoes.has(dataKey));
  if (left.change === undefined) return { undone: settled, record: current };
  const second = written(left.change, await options.records.write(left.change.record, left.change.places));
  return { undone: [...settled, ...second.undone], record: second.record };
}

/** A decision that was not made with those of its page is journalled by itself. */
async function decided(
  intent: IntentEntry,
  record: StoreRecord | undefined,
  { format, journal, retries }: UndoOptions & { readonly retries: number },
): Promise<Decision> {
  const decision = decide(intent, record, format);
  if (decision.change === undefined) return decision;
  const change = { ...decision.change, retries };
  await journal([change]);
  return { ...decision, change };
}

function written({ record, places, dataKeys }: RecordChange<UndoneDataKey>, result: WriteResult): CarriedOut {
  return {
    undone: dataKeys.map(({ undoes }) => [undoes, outcomeOf(result, undoes)] as const),
    record: result.kind === 'written' ? changed(record, places) : record,
  };
}

function outcomeOf(result: WriteResult, { source, destination }: IntendedDataKey): Outcome {
  switch (result.kind) {
    case 'written':
      return { kind: 'restored', source, destination };
    case 'precondition-failed':
      return { kind: 'moved-by-another-writer', reason: 'changed while it was rolled back', source };
    case 'blocked':
      return { kind: 'blocked', reason: result.reason, source };
    case 'unavailable':
      return { kind: 'failed', reason: result.reason, source };
  }
}
