import { AwsError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import { setImportState } from './imported-material.ts';
import { currentMaterial, isSymmetric, type Key, type KeyMaterial } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { numberWithin, oneOf } from './members.ts';
import { page } from './paging.ts';
import { needEnabled } from './usable.ts';

type Input = Readonly<Record<string, unknown>>;

/** KMS allows this many on-demand rotations of a key. */
const MAX_ON_DEMAND_ROTATIONS = 25;
const DEFAULT_PERIOD_DAYS = 365;
const PERIOD_DAYS = { from: 90, to: 2560 };
const DAY_MS = 24 * 3600 * 1000;

export function rotationOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  return {
    EnableKeyRotation: (input, at) => {
      const days = numberWithin(input, 'RotationPeriodInDays', PERIOD_DAYS) ?? DEFAULT_PERIOD_DAYS;
      const key = store.resolve(input['KeyId'], at);
      needAutomatic(key);
      key.ring.automatic = { days, since: key.ring.automatic?.since ?? store.now() };
    },
    DisableKeyRotation: (input, at) => {
      const key = store.resolve(input['KeyId'], at);
      needAutomatic(key);
      delete key.ring.automatic;
    },
    GetKeyRotationStatus: (input, at) => rotationStatus(store.resolve(input['KeyId'], at)),
    RotateKeyOnDemand: (input, at) => rotate(store, store.resolve(input['KeyId'], at)),
    ListKeyRotations: (input, at) => listRotations(store.resolve(input['KeyId'], at), input),
  };
}

function needRotatable(key: Key): void {
  needEnabled(key);
  // AWS answers without words.
  if (!isSymmetric(key) || key.customKeyStoreId !== undefined)
    throw new AwsError('UnsupportedOperationException', '');
  if (key.ring.primaryArn !== key.arn)
    throw new AwsError('UnsupportedOperationException', `${key.arn} is a replica; rotate its primary.`);
}

/** KMS makes the material of an automatic rotation itself. */
function needAutomatic(key: Key): void {
  needRotatable(key);
  if (key.origin === 'EXTERNAL')
    throw new AwsError(
      'UnsupportedOperationException',
      `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
    );
}

/** A rotation on demand does not move the next automatic one. */
function rotationStatus({ arn, state, ring: { automatic } }: Key): object {
  if (automatic === undefined || state === 'PendingDeletion')
    return { KeyId: arn, KeyRotationEnabled: false };
  const { days, since } = automatic;
  return {
    KeyId: arn,
    KeyRotationEnabled: true,
    RotationPeriodInDays: days,
    NextRotationDate: (since + days * DAY_MS) / 1000,
  };
}

function rotate(store: KeyStore, key: Key): object {
  needRotatable(key);
  const onDemand = key.ring.materials.filter(({ rotation }) => rotation === 'ON_DEMAND').length;
  if (onDemand >= MAX_ON_DEMAND_ROTATIONS)
    throw new AwsError(
      'LimitExceededException',
      `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${key.arn}`,
    );
  Object.assign(nextMaterial(store, key), { rotation: 'ON_DEMAND', rotatedAt: store.now() });
  return { KeyId: key.arn };
}

/** KMS creates new material, or uses the material that was imported for this rotation. */
function nextMaterial(store: KeyStore, key: Key): KeyMaterial {
  if (key.origin !== 'EXTERNAL') return store.addMaterial(key);
  const pending = key.ring.materials.find(({ imported }) => imported?.pending === true);
  if (pending?.imported === undefined)
    throw new AwsError(
      'KMSInvalidStateException',
      `No available key material pending rotation for the key: ${key.arn}.`,
    );
  pending.imported.pending = false;
  setImportState(key);
  return pending;
}

function listRotations(key: Key, input: Input): object {
  const all =
    oneOf(input, 'IncludeKeyMaterial', ['ALL_KEY_MATERIAL', 'ROTATIONS_ONLY'], 'ROTATIONS_ONLY') ===
    'ALL_KEY_MATERIAL';
  if (!isSymmetric(key) || key.customKeyStoreId !== undefined)
    throw new AwsError('UnsupportedOperationException', `${key.arn} has no key material rotations.`);
  const entries = key.ring.materials
    .filter(({ rotation }) => all || rotation !== undefined)
    .map(material => rotationEntry(key, material));
  return page(input, 'Rotations', entries);
}

function rotationEntry(key: Key, { id, rotation, rotatedAt = 0, imported }: KeyMaterial): object {
  const state =
    imported?.pending === true
      ? 'PENDING_ROTATION'
      : id === currentMaterial(key).id
        ? 'CURRENT'
        : 'NON_CURRENT';
  return {
    KeyId: key.arn,
    KeyMaterialId: id,
    KeyMaterialState: state,
    KeyMaterialDescription: imported?.description,
    ...(imported !== undefined && {
      ImportState: imported.present ? 'IMPORTED' : 'PENDING_IMPORT',
      ExpirationModel:
        imported.validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
      ...(imported.validTo !== undefined && { ValidTo: imported.validTo / 1000 }),
    }),
    ...(rotation !== undefined && { RotationDate: rotatedAt / 1000, RotationType: rotation }),
  };
}
