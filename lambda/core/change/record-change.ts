import type { KeyMaterial } from '../model/data-key.ts';
import type { DataKeyPlace } from '../model/place.ts';
import type { StoreRecord } from '../model/record.ts';

/**
 * All that one conditional write does to one record. It is made once: what is journalled, what is written and what is
 * told of it come from this one object.
 */
export interface RecordChange<Of extends ChangedDataKey = ChangedDataKey> {
  /** As it was read, or as the change before this one leaves it. */
  readonly record: StoreRecord;
  readonly places: readonly DataKeyPlace[];
  readonly dataKeys: readonly Of[];
  /** How often the record has changed beside its data keys since a change was first made for it; 0 as a rule. */
  readonly retries: number;
}

/** A data key that a change replaces, or puts beside the one that it was made of. */
export interface ChangedDataKey {
  /** As the format names it, which is also what places refer to. */
  readonly slot: string;
  /** Where it goes: another slot where the new data key has a place of its own. */
  readonly writtenSlot: string;
  /** What lies there; absent where nothing does, or where the format does not see it. */
  readonly old?: Uint8Array;
  /** SHA-256, hex. */
  readonly newDigest: string;
  /** SHA-256, hex, of the data key that the new one is made of. */
  readonly sourceDigest: string;
  readonly source: KeyMaterial;
  readonly destination: KeyMaterial;
  /** One for each hop of the route; none where KMS was not asked. */
  readonly kmsRequestIds: readonly string[];
}
