import type { EncryptionContext } from './encryption-context.ts';
import type { AsymmetricAlgorithm, EncryptionAlgorithm } from './key-use.ts';
import type { AttributePath } from './record.ts';

/** KMS key material: the key's ARN and the id of the material. KMS names no material of asymmetric keys and of custom key stores. */
export interface KeyMaterial {
  readonly keyArn: string;
  readonly keyMaterialId?: string;
  /** Of an asymmetric key: with another algorithm, the same key does not open it. Absent where it is SYMMETRIC_DEFAULT. */
  readonly encryptionAlgorithm?: AsymmetricAlgorithm;
}

/** A context that a data key may be under, and the one that it will be under once it has been moved. */
export interface ContextPair {
  readonly source: EncryptionContext;
  readonly destination: EncryptionContext;
}

/** An encrypted data key as a format found it in a record. */
export interface DataKey {
  readonly kind: 'data-key';
  /** Where it is in the record, in the format's own notation: an attribute path, a metadata name. */
  readonly slot: string;
  /** Where its value is, if the format has it in one place. */
  readonly path?: AttributePath;
  readonly ciphertext: Uint8Array;
  /** At least one, in the job's order. `destination` is made of the record as it will be after the change. */
  readonly contexts: readonly ContextPair[];
  /** The contexts that a reader builds from the record as it is now. A data key that has been moved must open under one of them. */
  readonly readerContexts: readonly EncryptionContext[];
  /** The key that the record itself names, if the format has a place for it. A hint, never a proof. */
  readonly recordedKeyArn?: string;
  readonly recordedAlgorithm?: EncryptionAlgorithm;
  /** Where the new ciphertext goes, if not in the place of the old one. */
  readonly writeTo?: WriteTo;
}

export interface WriteTo {
  readonly slot: string;
  /** The ciphertext that is already there. */
  readonly ciphertext?: Uint8Array;
  /** It was made from another data key than the one that the record holds now. */
  readonly stale: boolean;
  /** The record says which data key it was made from, so a run has written it. */
  readonly recorded: boolean;
  /** The key that the record names beside it. */
  readonly recordedKeyArn?: string;
}

/** The slot that a new ciphertext goes to. */
export function writtenSlot({ slot, writeTo }: Pick<DataKey, 'slot' | 'writeTo'>): string {
  return writeTo?.slot ?? slot;
}

/** The ciphertext at the place that a new one is written to; `undefined` if there is none. */
export function writtenCiphertext({
  ciphertext,
  writeTo,
}: Pick<DataKey, 'ciphertext' | 'writeTo'>): Uint8Array | undefined {
  return writeTo === undefined ? ciphertext : writeTo.ciphertext;
}

/** The key that the record names beside the data key that should be under the destination key. */
export function writtenLabel({ recordedKeyArn, writeTo }: DataKey): string | undefined {
  return writeTo === undefined ? recordedKeyArn : writeTo.recordedKeyArn;
}

/** What a format finds at one slot of a record. */
export type Finding =
  | DataKey
  | {
      readonly kind: 'unreadable';
      readonly slot: string;
      readonly path?: AttributePath;
      readonly reason: string;
      /** Present if only the context is missing: KMS can still be asked about the ciphertext. */
      readonly ciphertext?: Uint8Array;
    }
  /** `blocked`: it cannot be read for now, because of the state of its record. */
  | {
      readonly kind: 'unsupported' | 'blocked';
      readonly slot: string;
      readonly path?: AttributePath;
      readonly reason: string;
    };

/** KMS limits a CiphertextBlob to 1..6144 bytes (API reference, ReEncrypt). */
export const MAX_CIPHERTEXT_BYTES = 6144;
