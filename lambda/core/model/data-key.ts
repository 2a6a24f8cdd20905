import type { EncryptionContext } from './encryption-context.ts';
import type { EncryptionAlgorithm } from './key-use.ts';

/** KMS key material: the key's ARN and the material inside it. Asymmetric keys and those of custom key stores have no id of it. */
export interface KeyMaterial {
  readonly keyArn: string;
  readonly keyMaterialId?: string;
}

/** An encrypted data key as a format found it in a record. */
export interface DataKey {
  readonly kind: 'data-key';
  /** Where in the record it lies, in the format's own words: an attribute path, a metadata name. */
  readonly slot: string;
  readonly ciphertext: Uint8Array;
  readonly encryptionContext: EncryptionContext;
  /** The context it shall be encrypted under, where that is another one. */
  readonly destinationContext?: EncryptionContext;
  /** The key ARN that the record itself names, where the format has a place for it. A hint, never a proof. */
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
}

/** The slot that a new ciphertext goes to. */
export function writtenSlot({ slot, writeTo }: Pick<DataKey, 'slot' | 'writeTo'>): string {
  return writeTo?.slot ?? slot;
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
