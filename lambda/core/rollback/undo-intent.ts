import { JOURNAL_SCHEMA, type IntentEntry } from '../journal/entries.ts';
import { ciphertextText, placeDigest, undoOf } from '../journal/undo.ts';
import type { RecordChange, StoreRecord } from '../model/record.ts';

/** A rollback's own intent: what that run wrote is old now, what it replaced is new. It can be rolled back in its turn. */
export function undoIntent(intent: IntentEntry, record: StoreRecord, change: RecordChange): IntentEntry {
  const { store, locator, slot, oldDigest, newDigest, sourceDigest, source, destination, route } = intent;
  const undo = undoOf(record, change);
  return {
    schema: JOURNAL_SCHEMA,
    store,
    locator,
    slot,
    oldCiphertext: ciphertextText(undo[0]?.before),
    oldDigest: newDigest,
    newDigest: oldDigest ?? placeDigest(null),
    sourceDigest,
    undo,
    source: destination,
    destination: source,
    route,
    kmsRequestIds: [],
  };
}
