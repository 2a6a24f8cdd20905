import { changedAttributes, changedMetadata } from './set-places.ts';
import { toJson } from './attribute-json.ts';
import { valueAt } from './attribute-path.ts';
import type { AttributePath, AttributeValue, StoreRecord } from './record.ts';

/**
 * One place of a record before and after a change, in one notation for every kind of record: a metadata entry of an
 * object is a path of one name, and its text an attribute value of type S.
 */
export interface PlaceChange {
  readonly path: AttributePath;
  /** What lies there; `undefined` for nothing. A store makes the change only if this still holds. */
  readonly before: AttributeValue | undefined;
  /** What will lie there; `undefined` for nothing. The same as `before` where the place is only a condition. */
  readonly after: AttributeValue | undefined;
}

/** A place that a format changes, and what it is to the data keys of the record. */
export interface DataKeyPlace extends PlaceChange {
  /**
   * `data-key`: the new ciphertext is part of what lies there. `companion`: it tells of the data key (its key ARN, its
   * algorithm). `version`: writers raise it with each save. `condition`: it stays, and must not have changed.
   */
  readonly role: 'data-key' | 'companion' | 'version' | 'condition';
  /** The slots that it belongs to. */
  readonly slots: readonly string[];
}

/** What lies at a place of a record; `undefined` for nothing. */
export function heldAt(record: StoreRecord, path: AttributePath): AttributeValue | undefined {
  switch (record.kind) {
    case 'item':
      return valueAt(record.attributes, path);
    case 'object': {
      const name = String(path[0]);
      const text = Object.hasOwn(record.metadata, name) ? record.metadata[name] : undefined;
      return text === undefined ? undefined : { S: text };
    }
  }
}

/** A record as it will be after a change. Throws a TypeError where a place has no parent to be set in. */
export function changed<Kind extends StoreRecord>(record: Kind, places: readonly PlaceChange[]): Kind {
  const written = places.filter(isWritten);
  switch (record.kind) {
    case 'item':
      return { ...record, attributes: changedAttributes(record.attributes, written) };
    case 'object':
      return { ...record, metadata: changedMetadata(record.metadata, written) };
  }
}

/** Whether a change writes this place; of the others it only demands that they are as they were. */
export function isWritten({ before, after }: PlaceChange): boolean {
  return !sameValue(before, after);
}

/** Buffers and plain arrays of the same bytes are the same value. */
export function sameValue(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}
