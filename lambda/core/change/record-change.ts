import type { KeyMaterial } from '../model/data-key.ts';
import type { DataKeyPlace } from '../model/place.ts';
import type { StoreRecord } from '../model/record.ts';

/**
 * Everything that one conditional write does to one record. It is made once: the journal, the write and the report all use
 * this same object.
 */
export interface RecordChange<Of extends ChangedDataKey = ChangedDataKey> {
  /** As it was read, or as the change before this one leaves it. */
  readonly record: StoreRecord;
  readonly places: readonly DataKeyPlace[];
  readonly dataKeys: readonly Of[];
  /** How often this change had to be remade because the record changed beside its data keys; usually 0. */
  readonly retries: number;
}

/** A data key that a change replaces, or writes beside the original. */
export interface ChangedDataKey {
  /** As the format names it. Places refer to it by this name. */
  readonly slot: string;
  /** Where it is written; another slot if new data keys have a place of their own. */
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
