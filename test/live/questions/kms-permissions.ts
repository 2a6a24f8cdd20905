import { ReEncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { errorNameOf } from '../waiting.ts';
import type { Denied } from './denied.ts';
import { dataKey, type Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

const KMS = 'emulator/kms/behaviour.md';
const IAM = 'emulator/iam/behaviour.md';

const [SOURCE, DESTINATION] = [{ side: 'source' }, { side: 'destination' }] as const;

export const KMS_PERMISSIONS: readonly Question[] = [
  {
    id: 'kms-context-of-reencrypt-from',
    service: 'KMS',
    open: 'which encryption context a condition on kms:ReEncryptFrom sees',
    where: [IAM],
    calls: 'ReEncrypt from one context to another, with a denial of ReEncryptFrom for either',
    answers: ['that of the source', 'that of the destination', 'both', 'neither'],
    assumed: 'that of the source',
    ask: world => contextsSeenBy(world, 'kms:ReEncryptFrom'),
  },
  {
    id: 'kms-context-of-reencrypt-to',
    service: 'KMS',
    open: 'which encryption context a condition on kms:ReEncryptTo sees',
    where: [IAM],
    calls: 'ReEncrypt from one context to another, with a denial of ReEncryptTo for either',
    answers: ['that of the destination', 'that of the source', 'both', 'neither'],
    assumed: 'that of the destination',
    ask: world => contextsSeenBy(world, 'kms:ReEncryptTo'),
  },
  {
    id: 'kms-which-denial-first',
    service: 'KMS',
    open: 'which action KMS names where both ReEncryptFrom and ReEncryptTo are denied',
    where: [IAM],
    calls: 'ReEncrypt with a denial of both',
    answers: ['ReEncryptTo', 'ReEncryptFrom'],
    assumed: 'ReEncryptTo',
    ask: async world => {
      const Action = ['kms:ReEncryptFrom', 'kms:ReEncryptTo'];
      const { message } = await denial(world, [{ Action }], world.second);
      return /kms:(ReEncrypt(?:To|From))/.exec(message)?.[1] ?? 'an error that names neither';
    },
  },
  {
    id: 'kms-denial-before-state',
    service: 'KMS',
    open: 'whether KMS tells the state of a key to those who may not use it',
    where: [IAM],
    calls: 'ReEncrypt to a disabled key, with a denial of ReEncryptTo',
    answers: ['AccessDeniedException', 'DisabledException'],
    assumed: 'AccessDeniedException',
    ask: async world => (await denial(world, [{ Action: ['kms:ReEncryptTo'] }], world.disabled.arn)).name,
  },
  {
    id: 'kms-same-key-of-replicas',
    service: 'KMS',
    open: 'whether kms:ReEncryptOnSameKey is true from a ciphertext of the primary key to its replica',
    where: [KMS],
    calls: 'ReEncrypt with the replica as source and destination, with a denial for kms:ReEncryptOnSameKey',
    answers: ['true', 'false'],
    assumed: 'true',
    ask: async world => {
      const Condition = { Bool: { 'kms:ReEncryptOnSameKey': 'true' } };
      const CiphertextBlob = await dataKey(world.here.kms, world.primary, SOURCE);
      const { name } = await world.denied(
        [{ Action: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'], Condition }],
        ({ there }) => errorOf(there.kms, { CiphertextBlob, from: world.replica, to: world.replica }),
      );
      return name === 'AccessDeniedException' ? 'true' : name === 'accepted' ? 'false' : name;
    },
  },
];

async function contextsSeenBy(world: Fixtures, action: string): Promise<string> {
  const sees = async (side: string): Promise<boolean> => {
    const Condition = { StringEquals: { 'kms:EncryptionContext:side': side } };
    return (
      (await denial(world, [{ Action: [action], Condition }], world.second)).name === 'AccessDeniedException'
    );
  };
  const [source, destination] = [await sees('source'), await sees('destination')];
  if (source && destination) return 'both';
  if (source) return 'that of the source';
  return destination ? 'that of the destination' : 'neither';
}

/** How a ReEncrypt from the first key ends for somebody who may not do some things. */
async function denial(
  world: Fixtures,
  denied: readonly Denied[],
  to: string,
): Promise<{ readonly name: string; readonly message: string }> {
  const CiphertextBlob = await dataKey(world.here.kms, world.first, SOURCE);
  return world.denied(denied, ({ here }) => errorOf(here.kms, { CiphertextBlob, from: world.first, to }));
}

async function errorOf(
  kms: KMSClient,
  {
    CiphertextBlob,
    from,
    to,
  }: { readonly CiphertextBlob: Uint8Array; readonly from: string; readonly to: string },
): Promise<{ readonly name: string; readonly message: string }> {
  const call = kms.send(
    new ReEncryptCommand({
      ...{ CiphertextBlob, SourceKeyId: from, SourceEncryptionContext: SOURCE },
      ...{ DestinationKeyId: to, DestinationEncryptionContext: DESTINATION },
    }),
  );
  return call.then(
    () => ({ name: 'accepted', message: '' }),
    (error: unknown) => ({ name: errorNameOf(error), message: (error as Error).message }),
  );
}
