import { changedAttributes, changedMetadata } from './set-places.ts';
import { toJson } from './attribute-json.ts';
import { valueAt } from './attribute-path.ts';
import type { AttributePath, AttributeValue, StoreRecord } from './record.ts';

/**
 * One place of a record before and after a change, in one notation for every kind of record. A metadata entry of an object
 * is a path of one name, and its text is an attribute value of type S.
 */
export interface PlaceChange {
  readonly path: AttributePath;
  /** The value there; `undefined` for none. A store makes the change only if it is still there. */
  readonly before: AttributeValue | undefined;
  /** The new value; `undefined` for none. The same as `before` if the place is only a condition. */
  readonly after: AttributeValue | undefined;
}

/** A place that a format changes, and how it relates to the data keys of the record. */
export interface DataKeyPlace extends PlaceChange {
  /**
   * `data-key`: its value contains the new ciphertext. `companion`: its value describes the data key (key ARN, algorithm).
   * `version`: writers increment it with each save. `condition`: it stays as it is, and must not have changed.
   */
  readonly role: 'data-key' | 'companion' | 'version' | 'condition';
  /** The slots that it belongs to. */
  readonly slots: readonly string[];
}

/** The value at a place of a record; `undefined` for none. */
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

/** A record as it will be after a change. Throws a TypeError if the parent of a place does not exist. */
export function changed<Kind extends StoreRecord>(record: Kind, places: readonly PlaceChange[]): Kind {
  const written = places.filter(isWritten);
  switch (record.kind) {
    case 'item':
      return { ...record, attributes: changedAttributes(record.attributes, written) };
    case 'object':
      return { ...record, metadata: changedMetadata(record.metadata, written) };
  }
}

/** Whether a change writes this place. The other places must only be unchanged. */
export function isWritten({ before, after }: PlaceChange): boolean {
  return !sameValue(before, after);
}

/** Buffers and plain arrays of the same bytes are the same value. */
export function sameValue(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return JSON.stringify(toJson(one)) === JSON.stringify(toJson(other));
}
