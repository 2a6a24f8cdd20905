import { createHash, randomBytes, type KeyObject } from 'node:crypto';

/** The secret inside a symmetric key. A rotation adds one; ciphertexts of all of them stay readable. */
export interface KeyMaterial {
  readonly id: string;
  readonly secret: Buffer;
  readonly createdAt: number;
  rotation?: 'AUTOMATIC' | 'ON_DEMAND';
  rotatedAt?: number;
  /** Of imported material only. */
  imported?: ImportedState;
}

interface ImportedState {
  /** Imported and neither expired nor deleted. */
  present: boolean;
  /** Waits for RotateKeyOnDemand to become current. */
  pending: boolean;
  /** Milliseconds since 1970; absent where the material does not expire. */
  validTo?: number;
  description?: string;
}

/** What a multi-Region key shares with its replicas; a single-Region key has one to itself. */
export interface KeyRing {
  readonly keyId: string;
  materials: KeyMaterial[];
  readonly rsa?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  primaryArn: string;
  /** ARNs of all keys on this ring. */
  members: string[];
}

type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable';

export interface Key {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly keyId: string;
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly multiRegion: boolean;
  readonly customKeyStoreId?: string;
  readonly createdAt: number;
  readonly ring: KeyRing;
  state: KeyState;
  description: string;
  policy: string;
  rotationEnabled: boolean;
  rotationPeriodDays: number;
  deletionDate?: number;
  tags: { TagKey: string; TagValue: string }[];
}

/** The id is a function of key id and secret, so that it is the same in every Region of a multi-Region key. */
export function newKeyMaterial(
  keyId: string,
  createdAt: number,
  secret: Buffer = randomBytes(32),
): KeyMaterial {
  const id = createHash('sha256').update(keyId).update(secret).digest('hex');
  return { id, secret, createdAt };
}

export function currentMaterial({ ring }: Key): KeyMaterial {
  const current = ring.materials.findLast(({ imported }) => imported?.pending !== true);
  if (current === undefined) throw new TypeError(`key ${ring.keyId} has no material`);
  return current;
}

/** Keys of custom key stores have a material, too, but KMS gives no id of it (DescribeKey, CurrentKeyMaterialId). */
export function namesMaterial({ spec, customKeyStoreId }: Key): boolean {
  return spec === 'SYMMETRIC_DEFAULT' && customKeyStoreId === undefined;
}

export function isSymmetric({ spec }: Key): boolean {
  return spec === 'SYMMETRIC_DEFAULT';
}
