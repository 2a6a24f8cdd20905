import { createHash, randomBytes, type KeyObject } from 'node:crypto';

/** The secret inside a symmetric key. A rotation adds one; ciphertexts of all of them stay readable. */
export interface KeyMaterial {
  readonly id: string;
  readonly secret: Buffer;
  readonly createdAt: number;
  readonly rotation?: 'AUTOMATIC' | 'ON_DEMAND';
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

export type KeyState =
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
  rotation?: KeyMaterial['rotation'],
): KeyMaterial {
  const secret = randomBytes(32);
  const id = createHash('sha256').update(keyId).update(secret).digest('hex');
  return { id, secret, createdAt, ...(rotation !== undefined && { rotation }) };
}

export function currentMaterial({ ring }: Key): KeyMaterial {
  const current = ring.materials.at(-1);
  if (current === undefined) throw new TypeError(`key ${ring.keyId} has no material`);
  return current;
}

export function isSymmetric({ spec }: Key): boolean {
  return spec === 'SYMMETRIC_DEFAULT';
}
