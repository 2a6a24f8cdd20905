import type { EncryptionContext } from './encryption-context.ts';

/** KMS key material: the key's ARN and the material inside it. RSA keys have no material id. */
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
  /** The key ARN that the record itself names, where the format has a place for it. A hint, never a proof. */
  readonly recordedKeyArn?: string;
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
