import type { EncryptionAlgorithm } from '../model/key-use.ts';
import type { KnownKeyMaterial } from '../model/run.ts';

export interface KeyDescription {
  readonly arn: string;
  readonly state: string;
  readonly usage: string;
  readonly spec: string;
  readonly multiRegion: boolean;
  /** The algorithms that KMS takes for this key. */
  readonly encryptionAlgorithms: readonly string[];
  readonly customKeyStoreId?: string;
  /** AWS itself manages it, for one of its services. @default its owner does */
  readonly awsManaged?: true;
  /** ISO 8601. */
  readonly createdAt?: string;
}

export type KeyLookup =
  | { readonly kind: 'found'; readonly key: KeyDescription }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied'; readonly name?: string; readonly message: string };

export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly name?: string; readonly message: string };

export interface AskedKey {
  readonly keyArn: string;
  readonly encryptionAlgorithm: EncryptionAlgorithm;
}

/** KMS in every Region. Each key is looked up in the Region that its ARN names. */
export interface KeyCatalog {
  /** @param knownBy other names of the key: roles may be granted it by an alias among them */
  describeKey(reference: string, knownBy?: readonly string[]): Promise<KeyLookup>;
  /** DryRun with IGNORE_CIPHERTEXT: may this role use source and destination in ReEncrypt? Changes nothing. */
  mayReEncrypt(source: AskedKey, destination: AskedKey): Promise<Permission>;
  /** Key materials of a symmetric key; empty if KMS does not list them, as for keys of other accounts. */
  keyMaterials(keyArn: string): Promise<readonly KnownKeyMaterial[]>;
}
