import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation, OperationContext } from '../protocol/json-protocol.ts';
import type { CustomKeyStores } from './custom-key-stores.ts';
import { currentMaterial, isSymmetric, namesMaterial, type Key } from './key.ts';
import { defaultKeyPolicy } from './default-key-policy.ts';
import type { KeyStore } from './key-store.ts';
import { flag, oneOf, text } from './members.ts';
import { page } from './paging.ts';
import { SIGNING_ALGORITHMS } from './signing.ts';
import { listRotations, needRotatable, rotate } from './rotation.ts';

type Input = Readonly<Record<string, unknown>>;

const DAY_MS = 24 * 3600 * 1000;
const ORIGINS = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'];

/** Operations that create, describe and change keys and aliases. */
export function keyOperations(store: KeyStore, stores: CustomKeyStores): Readonly<Record<string, Operation>> {
  const change =
    (apply: (key: Key, input: Input) => unknown): Operation =>
    (input, at) =>
      apply(store.resolve(input['KeyId'], at), input) ?? {};
  return {
    CreateKey: (input, at) => ({ KeyMetadata: metadata(createKey(store, stores, { input, at })) }),
    ReplicateKey: (input, at) => replicateKey(store, input, at),
    DescribeKey: (input, at) => ({ KeyMetadata: metadata(store.resolve(input['KeyId'], at)) }),
    ListKeys: (input, at) =>
      page(
        input,
        'Keys',
        store.keysOf(at).map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })),
      ),
    GetPublicKey: change(key => publicKey(key)),
    GetKeyPolicy: change(key => ({ Policy: key.policy, PolicyName: 'default' })),
    PutKeyPolicy: change((key, input) => void (key.policy = text(input, 'Policy'))),
    UpdateKeyDescription: change((key, input) => void (key.description = text(input, 'Description'))),
    EnableKey: change(key => setState(key, ['Disabled', 'Enabled'], 'Enabled')),
    DisableKey: change(key => setState(key, ['Disabled', 'Enabled'], 'Disabled')),
    ScheduleKeyDeletion: change(scheduleDeletion),
    CancelKeyDeletion: change(key => {
      setState(key, ['PendingDeletion'], 'Disabled');
      return { KeyId: key.arn };
    }),
    EnableKeyRotation: change((key, input) => {
      needRotatable(key);
      key.rotationEnabled = true;
      key.rotationPeriodDays = Number(input['RotationPeriodInDays'] ?? 365);
    }),
    DisableKeyRotation: change(key => void (key.rotationEnabled = false)),
    GetKeyRotationStatus: change(key => ({
      KeyId: key.arn,
      KeyRotationEnabled: key.rotationEnabled,
      ...(key.rotationEnabled && { RotationPeriodInDays: key.rotationPeriodDays }),
    })),
    RotateKeyOnDemand: change(key => rotate(store, key)),
    ListKeyRotations: change((key, input) => listRotations(key, input)),
    TagResource: change((key, input) => void key.tags.push(...((input['Tags'] ?? []) as Key['tags']))),
    ListResourceTags: change((key, input) => page(input, 'Tags', key.tags)),
    ...aliasOperations(store),
  };
}

function aliasOperations(store: KeyStore): Readonly<Record<string, Operation>> {
  const aliasArn = (input: Input, { region, caller }: OperationContext): string => {
    const name = text(input, 'AliasName');
    if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name) || name.startsWith('alias/aws/'))
      throw new AwsError('InvalidAliasNameException', `${name} is no alias name`);
    return `arn:aws:kms:${region}:${caller.accountId}:${name}`;
  };
  const target = (input: Input, at: OperationContext): Key => store.resolve(input['TargetKeyId'], at);
  return {
    CreateAlias: (input, at) => {
      const arn = aliasArn(input, at);
      if (store.hasAlias(arn))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${arn} already exists`);
      store.setAlias(arn, target(input, at).arn);
    },
    UpdateAlias: (input, at) => {
      const arn = aliasArn(input, at);
      if (!store.hasAlias(arn)) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
      store.setAlias(arn, target(input, at).arn);
    },
    DeleteAlias: (input, at) => {
      const arn = aliasArn(input, at);
      if (!store.deleteAlias(arn)) throw new AwsError('NotFoundException', `Alias ${arn} is not found.`);
    },
    ListAliases: (input, at) => {
      const only = input['KeyId'] === undefined ? undefined : store.resolve(input['KeyId'], at).arn;
      const aliases = store.aliasesOf(at).filter(({ keyArn }) => only === undefined || keyArn === only);
      return page(
        input,
        'Aliases',
        aliases.map(({ arn, keyArn }) => ({
          AliasName: arn.split(':')[5],
          AliasArn: arn,
          TargetKeyId: keyArn.split('/')[1],
        })),
      );
    },
  };
}

function createKey(
  store: KeyStore,
  stores: CustomKeyStores,
  { input, at }: { readonly input: Input; readonly at: OperationContext },
): Key {
  const spec = oneOf(
    input,
    'KeySpec',
    ['SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256'],
    'SYMMETRIC_DEFAULT',
  );
  const usage = oneOf(
    input,
    'KeyUsage',
    ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT'],
    'ENCRYPT_DECRYPT',
  );
  needUsageOf(spec, usage);
  const origin = oneOf(input, 'Origin', ORIGINS, 'AWS_KMS');
  const customKeyStoreId = input['CustomKeyStoreId'];
  if (origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE') {
    if (stores.originIn(customKeyStoreId) !== origin)
      throw validationError(`The custom key store does not make keys of the origin ${origin}.`);
  } else if (customKeyStoreId !== undefined)
    throw validationError('CustomKeyStoreId is for the origins AWS_CLOUDHSM and EXTERNAL_KEY_STORE.');
  return store.create(at, {
    spec,
    usage,
    origin,
    ...(typeof customKeyStoreId === 'string' && { customKeyStoreId }),
    multiRegion: flag(input, 'MultiRegion'),
    description: typeof input['Description'] === 'string' ? input['Description'] : '',
    policy: typeof input['Policy'] === 'string' ? input['Policy'] : defaultKeyPolicy(at.caller.accountId),
    tags: (input['Tags'] ?? []) as Key['tags'],
  });
}

function replicateKey(store: KeyStore, input: Input, at: OperationContext): object {
  const primary = store.resolve(input['KeyId'], at);
  if (!primary.multiRegion || primary.ring.primaryArn !== primary.arn)
    throw new AwsError('UnsupportedOperationException', `${primary.arn} is not a multi-region primary key.`);
  const replica = store.replicate(primary, text(input, 'ReplicaRegion'), {
    description: typeof input['Description'] === 'string' ? input['Description'] : '',
    policy: typeof input['Policy'] === 'string' ? input['Policy'] : primary.policy,
    tags: (input['Tags'] ?? []) as Key['tags'],
  });
  return { ReplicaKeyMetadata: metadata(replica), ReplicaPolicy: replica.policy, ReplicaTags: replica.tags };
}

/** KMS API reference, CreateKey: elliptic curves sign or agree on keys, and encrypt nothing. */
function needUsageOf(spec: string, usage: string): void {
  if (spec.startsWith('ECC_') && usage !== 'SIGN_VERIFY' && usage !== 'KEY_AGREEMENT')
    throw validationError(`KeyUsage ${usage} is not compatible with KeySpec ${spec}`);
}

/** What a key can do: the member is that of its usage. */
function algorithmsOf(key: Key): object {
  if (key.usage === 'SIGN_VERIFY' && key.spec === 'ECC_NIST_P256')
    return { SigningAlgorithms: SIGNING_ALGORITHMS };
  if (key.usage !== 'ENCRYPT_DECRYPT') return {};
  const ofRsa = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
  return { EncryptionAlgorithms: isSymmetric(key) ? ['SYMMETRIC_DEFAULT'] : ofRsa };
}

/** Timestamps travel as seconds in the JSON protocols. */
function metadata(key: Key): object {
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
    ...(key.deletionDate !== undefined && { DeletionDate: key.deletionDate / 1000 }),
    CustomKeyStoreId: key.customKeyStoreId,
    ...(namesMaterial(key) &&
      key.ring.materials.length > 0 && { CurrentKeyMaterialId: currentMaterial(key).id }),
    ...importMetadata(key),
    ...(key.multiRegion && { MultiRegionConfiguration: multiRegionConfiguration(key) }),
  };
}

function importMetadata(key: Key): object {
  if (key.origin !== 'EXTERNAL' || key.ring.materials.length === 0) return {};
  const { validTo } = currentMaterial(key).imported ?? {};
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

function publicKey(key: Key): object {
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

function setState(key: Key, from: readonly Key['state'][], to: Key['state']): void {
  if (!from.includes(key.state))
    throw new AwsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  key.state = to;
}

function scheduleDeletion(key: Key, input: Input): object {
  const days = Number(input['PendingWindowInDays'] ?? 30);
  if (!Number.isInteger(days) || days < 7 || days > 30)
    throw validationError(
      "Value at 'pendingWindowInDays' failed to satisfy constraint: Member must have value from 7 to 30",
    );
  if (key.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  const replicasLeft = key.ring.primaryArn === key.arn && key.ring.members.length > 1;
  key.state = replicasLeft ? 'PendingReplicaDeletion' : 'PendingDeletion';
  key.deletionDate = Date.now() + days * DAY_MS;
  return {
    KeyId: key.arn,
    DeletionDate: key.deletionDate / 1000,
    KeyState: key.state,
    PendingWindowInDays: days,
  };
}
