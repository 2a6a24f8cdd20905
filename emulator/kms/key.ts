import { createHash, randomBytes, type KeyObject } from 'node:crypto';

/** The secret inside a symmetric key. A rotation adds one, and ciphertexts under the older ones stay readable. */
export interface KeyMaterial {
  readonly id: string;
  readonly secret: Buffer;
  readonly createdAt: number;
  rotation?: 'AUTOMATIC' | 'ON_DEMAND';
  rotatedAt?: number;
  /** Only for imported material. */
  imported?: ImportedState;
}

interface ImportedState {
  /** Imported and neither expired nor deleted. */
  present: boolean;
  /** Waits for RotateKeyOnDemand to become current. */
  pending: boolean;
  /** Milliseconds since 1970. Absent if the material does not expire. */
  validTo?: number;
  description?: string;
}

/** What a multi-Region key shares with its replicas. A single-Region key has one of its own. */
export interface KeyRing {
  readonly keyId: string;
  materials: KeyMaterial[];
  /** Of an asymmetric key. */
  readonly pair?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  primaryArn: string;
  /** ARNs of all keys on this ring. */
  members: string[];
  /** Absent where automatic rotation is off. */
  automatic?: { readonly days: number; readonly since: number };
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
  deletionDate?: number;
  /** The waiting period of a primary key begins when its last replica is deleted. */
  pendingWindowDays?: number;
  tags: { TagKey: string; TagValue: string }[];
}

/** The id is computed from key id and secret, so that it is the same in every Region of a multi-Region key. */
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

/**
 * Keys of custom key stores have key material, too, but KMS does not give it an id (DescribeKey, CurrentKeyMaterialId).
 */
export function namesMaterial({ spec, customKeyStoreId }: Key): boolean {
  return spec === 'SYMMETRIC_DEFAULT' && customKeyStoreId === undefined;
}

export function isSymmetric({ spec }: Key): boolean {
  return spec === 'SYMMETRIC_DEFAULT';
}
