import {
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { endOf } from '../waiting.ts';
import { CONTEXT, dataKey, type Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

const KMS = 'emulator/kms/behaviour.md';

export const KMS_REGIONS: readonly Question[] = [
  {
    id: 'kms-material-ids-of-replicas',
    service: 'KMS',
    open: 'whether a multi-Region key of the origin AWS_KMS and its replica name their material by one id',
    where: [KMS],
    calls: 'GenerateDataKeyWithoutPlaintext with the primary key and with its replica',
    answers: ['the same', 'different', 'not named'],
    assumed: 'the same',
    ask: async ({ here, there, primary, replica }) => {
      const ids = [await materialOf(here.kms, primary), await materialOf(there.kms, replica)];
      if (ids.includes(undefined)) return 'not named';
      return ids[0] === ids[1] ? 'the same' : 'different';
    },
  },
  {
    id: 'kms-replica-by-its-id',
    service: 'KMS',
    open: 'whether the source may be named by the id alone, in the Region of the replica',
    where: [KMS],
    calls: 'ReEncrypt there of a ciphertext of the primary, with the id as SourceKeyId',
    answers: ['accepted', 'NotFoundException', 'IncorrectKeyException'],
    assumed: 'accepted',
    ask: async world => endThere(world, world.primary.split('/').at(-1)),
  },
  {
    id: 'kms-replica-by-the-primary',
    service: 'KMS',
    open: 'whether the source may be named by the ARN of the primary, in the Region of the replica',
    where: [KMS],
    calls: 'ReEncrypt there of a ciphertext of the primary, with the ARN of the primary as SourceKeyId',
    answers: ['NotFoundException', 'accepted', 'IncorrectKeyException'],
    assumed: 'NotFoundException',
    ask: async world => endThere(world, world.primary),
  },
  {
    id: 'kms-of-another-region',
    service: 'KMS',
    open: 'which error a ciphertext of another Region has if no source key is named',
    where: [KMS, 'docs/proof.md'],
    calls: 'ReEncrypt in the second Region of a ciphertext of a single-Region key of the first',
    answers: ['AccessDeniedException', 'InvalidCiphertextException', 'NotFoundException'],
    assumed: 'AccessDeniedException',
    ask: async ({ here, there, first, replica }) => {
      const CiphertextBlob = await dataKey(here.kms, first);
      const DestinationKeyId = replica;
      return endOf(
        there.kms.send(
          new ReEncryptCommand({ CiphertextBlob, SourceEncryptionContext: CONTEXT, DestinationKeyId }),
        ),
      );
    },
  },
];

async function materialOf(kms: KMSClient, KeyId: string): Promise<string | undefined> {
  const command = new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' });
  return (await kms.send(command)).KeyMaterialId;
}

async function endThere(
  { here, there, primary, replica }: Fixtures,
  SourceKeyId: string | undefined,
): Promise<string> {
  const CiphertextBlob = await dataKey(here.kms, primary);
  return endOf(
    there.kms.send(
      new ReEncryptCommand({
        ...{ CiphertextBlob, SourceKeyId, SourceEncryptionContext: CONTEXT },
        ...{ DestinationKeyId: replica, DestinationEncryptionContext: CONTEXT },
      }),
    ),
  );
}
