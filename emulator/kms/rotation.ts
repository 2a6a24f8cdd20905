import { AwsError } from '../protocol/aws-error.ts';
import { setImportState } from './imported-material.ts';
import { currentMaterial, isSymmetric, type Key, type KeyMaterial } from './key.ts';
import type { KeyStore } from './key-store.ts';
import { oneOf } from './members.ts';
import { page } from './paging.ts';

type Input = Readonly<Record<string, unknown>>;

/** KMS allows this many on-demand rotations of a key. */
const MAX_ON_DEMAND_ROTATIONS = 25;

export function needRotatable(key: Key): void {
  if (!isSymmetric(key) || key.customKeyStoreId !== undefined)
    throw new AwsError('UnsupportedOperationException', `${key.arn} cannot be rotated.`);
  if (key.ring.primaryArn !== key.arn)
    throw new AwsError('UnsupportedOperationException', `${key.arn} is a replica; rotate its primary.`);
}

export function rotate(store: KeyStore, key: Key): object {
  needRotatable(key);
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  const onDemand = key.ring.materials.filter(({ rotation }) => rotation === 'ON_DEMAND').length;
  if (onDemand >= MAX_ON_DEMAND_ROTATIONS)
    throw new AwsError(
      'LimitExceededException',
      `${key.arn} has had its ${MAX_ON_DEMAND_ROTATIONS} on-demand rotations.`,
    );
  Object.assign(nextMaterial(store, key), { rotation: 'ON_DEMAND', rotatedAt: store.now() });
  return { KeyId: key.arn };
}

/** KMS creates new material, or uses the material that was imported for this rotation. */
function nextMaterial(store: KeyStore, key: Key): KeyMaterial {
  if (key.origin !== 'EXTERNAL') return store.addMaterial(key);
  const pending = key.ring.materials.find(({ imported }) => imported?.pending === true);
  if (pending?.imported === undefined)
    throw new AwsError('KMSInvalidStateException', `${key.arn} has no key material pending rotation.`);
  pending.imported.pending = false;
  setImportState(key);
  return pending;
}

export function listRotations(key: Key, input: Input): object {
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
