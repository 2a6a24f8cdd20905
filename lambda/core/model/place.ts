import type { AttributePath, AttributeValue, PathStep } from './record.ts';

/** Any member of a map, any element of a list. */
export const ANY = Symbol('any');

/** Places of records: a path, some of whose steps may be any. */
export type PlacePattern = readonly (PathStep | typeof ANY)[];

/**
 * A place that a format may change, and that holds no data key which it reads: what looks like one there is a look-alike. `copyOf`: new
 * data keys go there, so it holds one where the place that it is made of does.
 */
export interface BesidePlace {
  readonly place: PlacePattern;
  readonly copyOf?: PlacePattern;
}

/**
 * One place of a record before and after a change, in one notation for every kind of record. A metadata entry of an object
 * is a path of one name, and its text is an attribute value of type S, as that of an annotation; its body is of type B.
 */
export interface PlaceChange {
  readonly path: AttributePath;
  /** The value there; `undefined` for none. A store makes the change only if it is still there. */
  readonly before: AttributeValue | undefined;
  /** The new value; `undefined` for none. The same as `before` if the place is only a condition. */
  readonly after: AttributeValue | undefined;
  /** How the new value is written, if the place is within a document and has been there before: `"AQIC\/…"` with its quotes and escapes. */
  readonly written?: string;
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
