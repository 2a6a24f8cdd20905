import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Operation, OperationContext } from '../protocol/json-protocol.ts';
import type { CustomKeyStores } from './custom-key-stores.ts';
import { aliasOperations } from './aliases.ts';
import type { Key } from './key.ts';
import { metadata, publicKey } from './key-metadata.ts';
import { specAndUsage } from './key-specs.ts';
import { defaultKeyPolicy } from './default-key-policy.ts';
import { keyPolicy, needPolicyName } from './key-policy.ts';
import type { KeyStore } from './key-store.ts';
import { flag, numberWithin, oneOf, text } from './members.ts';
import { page } from './paging.ts';
import { rotationOperations } from './rotation.ts';
import { tagOperations, tagsOf } from './tags.ts';
import { needEnabled, needNotPendingDeletion } from './usable.ts';

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
    GetKeyPolicy: change((key, input) => {
      needPolicyName(input);
      return { Policy: key.policy, PolicyName: 'default' };
    }),
    PutKeyPolicy: change((key, input) => {
      needPolicyName(input);
      key.policy = keyPolicy({ Policy: text(input, 'Policy') }) ?? key.policy;
    }),
    UpdateKeyDescription: change((key, input) => {
      needNotPendingDeletion(key).description = text(input, 'Description');
    }),
    EnableKey: change(key => setState(key, ['Disabled', 'Enabled'], 'Enabled')),
    DisableKey: change(key => setState(key, ['Disabled', 'Enabled'], 'Disabled')),
    ScheduleKeyDeletion: change((key, input) => scheduleDeletion(store, key, input)),
    CancelKeyDeletion: change(key => {
      setState(key, ['PendingDeletion', 'PendingReplicaDeletion'], 'Disabled');
      return { KeyId: key.arn };
    }),
    ...rotationOperations(store),
    ...tagOperations(store),
    ...aliasOperations(store),
  };
}

function createKey(
  store: KeyStore,
  stores: CustomKeyStores,
  { input, at }: { readonly input: Input; readonly at: OperationContext },
): Key {
  const { spec, usage } = specAndUsage(input);
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
    policy: keyPolicy(input) ?? defaultKeyPolicy(at.caller.accountId),
    tags: tagsOf(input),
  });
}

/** The policy is no shared property: without one, the replica has the default key policy. KMS makes it after it has answered. */
function replicateKey(store: KeyStore, input: Input, at: OperationContext): object {
  const primary = store.resolve(input['KeyId'], at);
  if (!primary.multiRegion || primary.ring.primaryArn !== primary.arn)
    throw new AwsError('UnsupportedOperationException', `${primary.arn} is not a multi-region primary key.`);
  needEnabled(primary);
  const tags = tagsOf(input);
  const replica = store.replicate(primary, text(input, 'ReplicaRegion'), {
    description: typeof input['Description'] === 'string' ? input['Description'] : '',
    policy: keyPolicy(input) ?? defaultKeyPolicy(primary.accountId),
    tags,
  });
  return {
    ReplicaKeyMetadata: {
      ...metadata(replica),
      CurrentKeyMaterialId: undefined,
      Enabled: false,
      KeyState: 'Creating',
    },
    ReplicaPolicy: replica.policy,
    ...(tags.length > 0 && { ReplicaTags: tags }),
  };
}

function setState(key: Key, from: readonly Key['state'][], to: Key['state']): void {
  if (!from.includes(key.state)) {
    if (key.state === 'PendingDeletion' || key.state === 'PendingImport') needEnabled(key);
    throw new AwsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  }
  key.state = to;
}

function scheduleDeletion(store: KeyStore, key: Key, input: Input): object {
  const days = numberWithin(input, 'PendingWindowInDays', { from: 1, to: 365 }) ?? 30;
  if (days < 7 || days > 30)
    throw validationError('PendingWindowInDays must be between 7 and 30, inclusive.');
  if (needNotPendingDeletion(key).state === 'PendingReplicaDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  const replicasLeft = key.ring.primaryArn === key.arn && key.ring.members.length > 1;
  key.state = replicasLeft ? 'PendingReplicaDeletion' : 'PendingDeletion';
  key.deletionDate = store.now() + days * DAY_MS;
  key.pendingWindowDays = days;
  return {
    KeyId: key.arn,
    // A primary key is deleted so many days after the last of its replicas.
    ...(!replicasLeft && { DeletionDate: key.deletionDate / 1000 }),
    KeyState: key.state,
    PendingWindowInDays: days,
  };
}
