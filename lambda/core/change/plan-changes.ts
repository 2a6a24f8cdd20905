import type { Finding } from '../model/data-key.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { Outcome } from '../model/outcome.ts';
import type { BoundFormat } from '../model/format.ts';
import { changed } from '../places/changed.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RecordStore } from '../ports.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { movedDataKey, type MovedDataKey } from './moved-data-key.ts';
import { opensAsExpected } from './opens-as-expected.ts';
import type { RecordChange } from './record-change.ts';

/** A change by a run that moves data keys. */
export type Move = RecordChange<MovedDataKey>;

export interface PlannedChanges {
  /** For each record, usually one change; several in sequence if its store cannot take them in one write. */
  readonly changes: readonly (readonly Move[])[];
  /** What is known already of the other data keys. */
  readonly settled: ReadonlyMap<Found, Outcome>;
}

export interface PlanChangesOptions {
  readonly format: Pick<BoundFormat, 'read' | 'replace'>;
  readonly records: Pick<RecordStore, 'takes'>;
}

/**
 * Plans the changes to the records of a page. No record is overwritten unless its reader will be able to open it: the
 * record is changed in memory and read again as a reader would read it, and must hold the new ciphertext under exactly the
 * context that KMS encrypted it under. Otherwise the record is left alone and named in the report.
 */
export function planChanges(answers: readonly PageAnswer[], options: PlanChangesOptions): PlannedChanges {
  const settled = new Map<Found, Outcome>();
  const moved = new Map<StoreRecord, MovedDataKey[]>();
  const current = new Map<StoreRecord, Found[]>();
  for (const { found, answer } of answers)
    if (answer.kind === 'settled') {
      settled.set(found, answer.outcome);
      if (answer.outcome.kind === 'already-current') listOf(current, found.record).push(found);
    } else if (found.finding.kind === 'data-key') {
      const { reply, context } = answer;
      listOf(moved, found.record).push(movedDataKey(found, { reply, context, dataKey: found.finding }));
    }
  const changes = [...moved].flatMap(([record, dataKeys]) => {
    const known = [...dataKeys.map(({ found }) => found), ...(current.get(record) ?? [])];
    const left = othersOf(record, known, options);
    const planned = changesOf(record, { dataKeys, left }, options);
    if (typeof planned !== 'string') return [planned];
    for (const { found } of dataKeys) settled.set(found, { kind: 'unsupported', reason: planned });
    return [];
  });
  return { changes, settled };
}

function listOf<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const WOULD_NOT_OPEN =
  'its reader could not open what would be written, because it would read another context or another data key from the record; check the places that the job names';

/**
 * The data keys of a record that stay as they are. Those that are under the destination already do not count: beside them
 * may stand what the run writes.
 */
function othersOf(
  record: StoreRecord,
  known: readonly Found[],
  { format }: Pick<PlanChangesOptions, 'format'>,
): readonly Finding[] {
  const slots = new Set(known.map(({ finding }) => finding.slot));
  return format.read(record).filter(({ slot }) => !slots.has(slot));
}

const WOULD_MISLEAD =
  'another data key of this record, which this run does not move, would be read in another way: they share a place, such as a key ARN; move all of them in one run, or give each its own place';

/** The changes of one record, or why it stays as it is. */
function changesOf(
  record: StoreRecord,
  {
    dataKeys,
    left: others,
  }: { readonly dataKeys: readonly MovedDataKey[]; readonly left: readonly Finding[] },
  { format, records }: PlanChangesOptions,
): readonly Move[] | string {
  const whole = moveOf(record, dataKeys, format);
  const changedTo = after(whole);
  if (!opensAsExpected(changedTo, { moved: dataKeys, left: [] }, format)) return WOULD_NOT_OPEN;
  if (others.length > 0 && !opensAsExpected(changedTo, { moved: [], left: others }, format))
    return WOULD_MISLEAD;
  if (records.takes(record, whole.places)) return [whole];
  const parts = inParts(whole, { format, records });
  const opens = parts.slice(0, -1).every((part, index) => {
    const moved = parts.slice(0, index + 1).flatMap(one => one.dataKeys);
    const left = dataKeys.filter(one => !moved.includes(one)).map(({ found }) => found.finding);
    return opensAsExpected(after(part), { moved, left }, format);
  });
  return opens ? parts : tooMany(dataKeys.length, parts.length);
}

/** Parts are written one after the other. A reader in between, or after a crash, must still open every data key. */
function tooMany(dataKeys: number, writes: number): string {
  return `its ${dataKeys} data keys are more than one write of its store takes (DynamoDB: 4 KB for an expression, 300 operators), and in ${writes} writes they would not open in between: they share a place, such as a key ARN; give each its own, or divide the record`;
}

/** Splits in halves until the store takes each part. A single data key that is still too large is left to the store to refuse. */
function inParts(move: Move, options: PlanChangesOptions): readonly Move[] {
  const { record, places, dataKeys } = move;
  if (dataKeys.length < 2 || options.records.takes(record, places)) return [move];
  const half = Math.ceil(dataKeys.length / 2);
  const first = inParts(moveOf(record, dataKeys.slice(0, half), options.format), options);
  const between = first.at(-1);
  const rest = moveOf(between ? after(between) : record, dataKeys.slice(half), options.format);
  return [...first, ...inParts(rest, options)];
}

export function moveOf(
  record: StoreRecord,
  dataKeys: readonly MovedDataKey[],
  format: Pick<BoundFormat, 'replace'>,
): Move {
  const replacements = dataKeys.map(({ replacement }) => replacement);
  return { record, dataKeys, places: format.replace(record, replacements), retries: 0 };
}

function after({ record, places }: Move): StoreRecord {
  return changed(record, places);
}
