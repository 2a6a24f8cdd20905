import { Buffer } from 'node:buffer';
import type { ChangedDataKey, RecordChange } from '../change/record-change.ts';
import { toJson } from '../model/attribute-json.ts';
import { storeName } from '../stores/places.ts';
import { isWritten } from '../places/same-value.ts';
import type { DataKeyPlace } from '../model/place.ts';
import type { AttributeValue, StoreRecord } from '../model/record.ts';
import { writtenAt } from '../places/containers.ts';
import type { RouteType } from '../model/route.ts';
import { digest } from '../model/digest.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import type { IntendedDataKey, IntentEntry, UndoPlace } from './entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';

/** The intents of a page: one for each change that is about to be written. */
export function intentsOf(
  { store, plan }: UnitScope,
  changes: readonly RecordChange[],
): readonly IntentEntry[] {
  const about = { store: storeName(store), route: plan.route.type };
  return changes.map(change => intentOf(change, about));
}

function intentOf(
  { record, places, dataKeys, retries }: RecordChange,
  { store, route }: { readonly store: string; readonly route: RouteType },
): IntentEntry {
  const makes = record.absent !== undefined;
  return {
    schema: JOURNAL_SCHEMA,
    store,
    locator: record.locator,
    ...(makes && { createsRecord: true as const }),
    ...(retries > 0 && { retries }),
    route,
    dataKeys: dataKeys.map(intended),
    undo: makes ? [] : places.filter(isWritten).flatMap(place => undoOf(record, place, dataKeys)),
  };
}

function intended(dataKey: ChangedDataKey): IntendedDataKey {
  const { writtenSlot, old, newDigest, sourceDigest, source, destination, kmsRequestIds } = dataKey;
  return {
    slot: writtenSlot,
    oldCiphertext: old === undefined ? null : Buffer.from(old).toString('base64'),
    oldDigest: old === undefined ? null : digest(old),
    ...{ newDigest, sourceDigest, source, destination, kmsRequestIds },
  };
}

function undoOf(
  record: StoreRecord,
  { path, role, slots, before, after }: DataKeyPlace,
  dataKeys: readonly ChangedDataKey[],
): readonly UndoPlace[] {
  if (role === 'condition') return [];
  const written = before === undefined ? undefined : writtenAt(record, path);
  const belongsTo = dataKeys.flatMap(({ slot }, index) => (slots.includes(slot) ? [index] : []));
  return [
    {
      ...{ path, role, dataKeys: belongsTo },
      before: toJson(before),
      ...(written !== undefined && { written }),
      beforeDigest: placeDigest(before),
      afterDigest: placeDigest(after),
    },
  ];
}

/** SHA-256, hex, of what lies at a place, in the journal's notation. */
export function placeDigest(value: AttributeValue | undefined): string {
  return digest(JSON.stringify(toJson(value)));
}
