import { AwsError } from '../protocol/aws-error.ts';
import { currentMaterial, isSymmetric, namesMaterial, type Key } from './key.ts';
import { signingAlgorithms } from './signing.ts';

/** What a key can do: the member is that of its usage. */
function algorithmsOf(key: Key): object {
  if (key.usage === 'SIGN_VERIFY') return { SigningAlgorithms: signingAlgorithms(key) };
  if (key.usage === 'KEY_AGREEMENT') return { KeyAgreementAlgorithms: ['ECDH'] };
  if (key.usage !== 'ENCRYPT_DECRYPT') return {};
  const ofRsa = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
  return { EncryptionAlgorithms: isSymmetric(key) ? ['SYMMETRIC_DEFAULT'] : ofRsa };
}

/** Timestamps travel as seconds in the JSON protocols. */
export function metadata(key: Key): object {
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    Origin: key.origin,
    KeyManager: 'CUSTOMER',
    KeySpec: key.spec,
    CustomerMasterKeySpec: key.spec,
    MultiRegion: key.multiRegion,
    ...algorithmsOf(key),
    ...deletion(key),
    CustomKeyStoreId: key.customKeyStoreId,
    ...(namesMaterial(key) &&
      key.ring.materials.length > 0 && { CurrentKeyMaterialId: currentMaterial(key).id }),
    ...importMetadata(key),
    ...(key.multiRegion && { MultiRegionConfiguration: multiRegionConfiguration(key) }),
  };
}

function deletion({ state, deletionDate = 0, pendingWindowDays }: Key): object {
  if (state === 'PendingDeletion') return { DeletionDate: deletionDate / 1000 };
  return state === 'PendingReplicaDeletion' ? { PendingDeletionWindowInDays: pendingWindowDays } : {};
}

function importMetadata(key: Key): object {
  if (key.origin !== 'EXTERNAL' || key.ring.materials.length === 0) return {};
  const { validTo, present } = currentMaterial(key).imported ?? {};
  // Material that has expired or was deleted has no expiration model, though KMS goes on to name it.
  if (present !== true) return {};
  return validTo === undefined
    ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: validTo / 1000 };
}

function multiRegionConfiguration({ arn, ring }: Key): object {
  const member = (memberArn: string): object => ({ Arn: memberArn, Region: memberArn.split(':')[3] });
  return {
    MultiRegionKeyType: ring.primaryArn === arn ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: member(ring.primaryArn),
    ReplicaKeys: ring.members.filter(other => other !== ring.primaryArn).map(member),
  };
}

export function publicKey(key: Key): object {
  if (key.ring.pair === undefined)
    throw new AwsError('UnsupportedOperationException', `${key.arn} has no public key.`);
  return {
    KeyId: key.arn,
    KeySpec: key.spec,
    KeyUsage: key.usage,
    PublicKey: key.ring.pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    ...algorithmsOf(key),
  };
}
