import type { EncryptionContext } from './encryption-context.ts';
import type { EncryptionAlgorithm } from './key-use.ts';

/** KMS key material: the key's ARN and the material inside it. Asymmetric keys and those of custom key stores have no id of it. */
export interface KeyMaterial {
  readonly keyArn: string;
  readonly keyMaterialId?: string;
}

/** A context that a data key may be under, and the one that it shall be under once it has been moved. */
export interface ContextPair {
  readonly source: EncryptionContext;
  readonly destination: EncryptionContext;
}

/** An encrypted data key as a format found it in a record. */
export interface DataKey {
  readonly kind: 'data-key';
  /** Where in the record it lies, in the format's own words: an attribute path, a metadata name. */
  readonly slot: string;
  readonly ciphertext: Uint8Array;
  /** At least one, in the job's order. `destination` is made of the record as it will be after the change. */
  readonly contexts: readonly ContextPair[];
  /** What a reader builds of the record as it is now: under one of these a data key that has been moved must open. */
  readonly readerContexts: readonly EncryptionContext[];
  /** The key that the record itself names, where the format has a place for it. A hint, never a proof. */
  readonly recordedKeyArn?: string;
  readonly recordedAlgorithm?: EncryptionAlgorithm;
  /** Where the new ciphertext goes, if not in the place of the old one. */
  readonly writeTo?: WriteTo;
}

export interface WriteTo {
  readonly slot: string;
  /** What lies there already. */
  readonly ciphertext?: Uint8Array;
  /** It was made of another data key than the one that the record holds now. */
  readonly stale: boolean;
  /** The record tells of which data key it was made: a run has written it. */
  readonly recorded: boolean;
  /** The key that the record names beside it. */
  readonly recordedKeyArn?: string;
}

/** The slot that a new ciphertext goes to. */
export function writtenSlot({ slot, writeTo }: Pick<DataKey, 'slot' | 'writeTo'>): string {
  return writeTo?.slot ?? slot;
}

/** What lies where a new ciphertext goes; `undefined` where nothing does. */
export function writtenCiphertext({
  ciphertext,
  writeTo,
}: Pick<DataKey, 'ciphertext' | 'writeTo'>): Uint8Array | undefined {
  return writeTo === undefined ? ciphertext : writeTo.ciphertext;
}

/** What a format finds at one slot of a record. */
export type Finding =
  | DataKey
  | {
      readonly kind: 'unreadable';
      readonly slot: string;
      readonly reason: string;
      /** Present where only the context is missing, so that the ciphertext can still be asked for its key. */
      readonly ciphertext?: Uint8Array;
    }
  | { readonly kind: 'unsupported'; readonly slot: string; readonly reason: string };

/** KMS limits a CiphertextBlob to 1..6144 bytes (API reference, ReEncrypt). */
export const MAX_CIPHERTEXT_BYTES = 6144;
