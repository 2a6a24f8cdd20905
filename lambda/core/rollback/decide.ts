import { placeDigest } from '../journal/intents.ts';
import type { IntendedDataKey, IntentEntry, UndoPlace } from '../journal/entries.ts';
import { plainTextDigest } from '../journal/schema-2.ts';
import type { RecordChange, ChangedDataKey } from '../change/record-change.ts';
import { fromJson } from '../model/attribute-json.ts';
import { writtenCiphertext, writtenSlot } from '../model/data-key.ts';
import type { BoundFormat } from '../model/format.ts';
import type { Outcome } from '../model/outcome.ts';
import { heldAt } from '../places/held-at.ts';
import type { DataKeyPlace } from '../model/place.ts';
import type { AttributeValue, StoreRecord } from '../model/record.ts';
import { digest } from '../model/digest.ts';

/** A data key that goes back. */
export interface UndoneDataKey extends ChangedDataKey {
  readonly undoes: IntendedDataKey;
}

export interface Decision {
  /** The part of it that goes back, in one write. */
  readonly change?: RecordChange<UndoneDataKey>;
  /** Outcomes of its other data keys, which are known already. */
  readonly settled: readonly (readonly [IntendedDataKey, Outcome])[];
}

const CHANGED = 'changed or deleted by another writer since that run; left alone';
const MADE = 'made by that run; a rollback deletes no record';

/**
 * Decides what to do about one intent. An old data key is put back only if the stored one is, byte for byte, the one that
 * the run wrote. The places beside it are put back one by one, unless somebody has changed them since.
 */
export function decide(
  intent: IntentEntry,
  record: StoreRecord | undefined,
  format: Pick<BoundFormat, 'read'>,
): Decision {
  const all = (outcome: (dataKey: IntendedDataKey) => Outcome): Decision => ({
    settled: intent.dataKeys.map(dataKey => [dataKey, outcome(dataKey)]),
  });
  if (intent.createsRecord === true) return all(({ source }) => ({ kind: 'blocked', reason: MADE, source }));
  if (record === undefined) return all(changedOutcome);
  const { hidden } = record;
  if (hidden !== undefined) return all(({ source }) => ({ kind: 'blocked', reason: hidden, source }));
  const states = intent.dataKeys.map((_, index) => stateOf(index, intent, record));
  const settled = intent.dataKeys.flatMap((dataKey, index) => {
    const outcome = settledOutcome(states[index] ?? 'other', dataKey);
    return outcome === undefined ? [] : [[dataKey, outcome] as const];
  });
  const back = new Set([...states.keys()].filter(index => states[index] === 'after'));
  return back.size === 0 ? { settled } : { settled, change: restoring(intent, { record, back, format }) };
}

/** The slot is as the run left it, as it was before the run, or neither. */
type State = 'after' | 'before' | 'other';

function stateOf(index: number, { undo }: IntentEntry, record: StoreRecord): State {
  const places = undo.filter(({ role, dataKeys }) => role === 'data-key' && dataKeys.includes(index));
  const all = (state: State): boolean =>
    places.length > 0 && places.every(place => placeState(place, heldAt(record, place.path)) === state);
  return all('before') ? 'before' : all('after') ? 'after' : 'other';
}

function placeState({ beforeDigest, afterDigest }: UndoPlace, held: AttributeValue | undefined): State {
  const now = placeDigest(held);
  if (now === beforeDigest) return 'before';
  return now === afterDigest || plainTextDigest(held) === afterDigest ? 'after' : 'other';
}

function settledOutcome(state: State, dataKey: IntendedDataKey): Outcome | undefined {
  const { source, destination } = dataKey;
  switch (state) {
    case 'before':
      return { kind: 'already-restored', source, destination };
    case 'other':
      return changedOutcome(dataKey);
    case 'after':
      return undefined;
  }
}

function changedOutcome({ source }: IntendedDataKey): Outcome {
  return { kind: 'moved-by-another-writer', reason: CHANGED, source };
}

interface Restoring {
  readonly record: StoreRecord;
  /** The data keys that go back, by their places in the intent. */
  readonly back: ReadonlySet<number>;
  readonly format: Pick<BoundFormat, 'read'>;
}

function restoring(intent: IntentEntry, { record, back, format }: Restoring): RecordChange<UndoneDataKey> {
  const places = intent.undo.flatMap((place): readonly DataKeyPlace[] => {
    const { path, role } = place;
    const before = heldAt(record, path);
    const slots = place.dataKeys.filter(index => back.has(index)).map(index => slotOf(intent, index));
    if (role === 'version') return raised(before).map(after => ({ path, role, slots, before, after }));
    if (slots.length === 0 || placeState(place, before) !== 'after') return [];
    const { written } = place;
    const after = fromJson(place.before);
    return [{ path, role, slots, before, after, ...(written !== undefined && { written }) }];
  });
  const shown = new Map(
    format.read(record).flatMap(one => {
      const held = one.kind === 'data-key' ? writtenCiphertext(one) : undefined;
      return one.kind === 'data-key' && held !== undefined ? [[writtenSlot(one), held] as const] : [];
    }),
  );
  const dataKeys = intent.dataKeys
    .filter((_, index) => back.has(index))
    .map(dataKey => undone(dataKey, shown.get(dataKey.slot)));
  return { record, places, dataKeys, retries: 0 };
}

function slotOf({ dataKeys }: IntentEntry, index: number): string {
  return dataKeys[index]?.slot ?? '';
}

/** A version is never put back: whoever read the record in between must be able to see that it has changed. */
function raised(version: AttributeValue | undefined): readonly AttributeValue[] {
  return version !== undefined && 'N' in version && /^-?\d+$/.test(version.N)
    ? [{ N: String(BigInt(version.N) + 1n) }]
    : [];
}

/** An intent in the other direction: what that run wrote is now old, and what it replaced is new. So a rollback can be rolled back, too. */
function undone(dataKey: IntendedDataKey, held: Uint8Array | undefined): UndoneDataKey {
  const { slot, oldDigest, newDigest, sourceDigest, source, destination } = dataKey;
  return {
    ...{ slot, writtenSlot: slot, sourceDigest, undoes: dataKey },
    ...(held !== undefined && digest(held) === newDigest && { old: held }),
    newDigest: oldDigest ?? placeDigest(undefined),
    source: destination,
    destination: source,
    kmsRequestIds: [],
  };
}
