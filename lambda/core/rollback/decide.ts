import type { IntentEntry, UndoPlace } from '../journal/entries.ts';
import { decoded, encoded, placeDigest } from '../journal/undo.ts';
import { valueAt } from '../model/attribute-path.ts';
import type { Outcome } from '../model/outcome.ts';
import type { AttributePath, RecordChange, StoreRecord } from '../model/record.ts';

export type Decision =
  | { readonly kind: 'restore'; readonly change: RecordChange }
  | { readonly kind: 'settled'; readonly outcome: Outcome };

const CHANGED = 'changed or deleted by another writer since that run; left as that writer left it';
const MADE = 'made by that run; a rollback deletes no record';

/**
 * What to do about one intent. The old data key goes back only where the stored one is, byte for byte, the one that the
 * run wrote. What lies beside it goes back place by place, where nobody has changed it since.
 */
export function decide(intent: IntentEntry, record: StoreRecord | undefined): Decision {
  const { source, destination, undo, createsRecord } = intent;
  const [slot] = undo;
  if (createsRecord === true) return { kind: 'settled', outcome: { kind: 'blocked', reason: MADE, source } };
  if (record === undefined || slot === undefined)
    return { kind: 'settled', outcome: { kind: 'moved-by-another-writer', reason: CHANGED, source } };
  if (record.hidden !== undefined)
    return { kind: 'settled', outcome: { kind: 'blocked', reason: record.hidden, source } };
  const now = placeDigest(heldAt(record, slot.path));
  if (now === placeDigest(slot.before))
    return { kind: 'settled', outcome: { kind: 'already-restored', source, destination } };
  if (now !== slot.afterDigest)
    return { kind: 'settled', outcome: { kind: 'moved-by-another-writer', reason: CHANGED, source } };
  const places = undo.filter(({ path, afterDigest }) => placeDigest(heldAt(record, path)) === afterDigest);
  return { kind: 'restore', change: restoring(record, places) };
}

/** What lies at a place of a record, in the journal's notation. */
function heldAt(record: StoreRecord, path: AttributePath): unknown {
  return record.kind === 'item'
    ? encoded(valueAt(record.attributes, path))
    : (record.metadata[String(path[0])] ?? null);
}

/** Sets every place back, on condition that each is still as it was read. */
function restoring(record: StoreRecord, places: readonly UndoPlace[]): RecordChange {
  if (record.kind === 'item')
    return {
      kind: 'item-change',
      expect: places.map(({ path }) => ({ path, value: valueAt(record.attributes, path) })),
      set: places.map(({ path, before }) => ({ path, value: decoded(before) })),
    };
  const entries = places.map(({ path, before }) => [String(path[0]), before as string | null] as const);
  return {
    kind: 'object-change',
    expect: Object.fromEntries(entries.map(([name]) => [name, record.metadata[name]])),
    set: Object.fromEntries(entries.map(([name, before]) => [name, before ?? undefined])),
  };
}
