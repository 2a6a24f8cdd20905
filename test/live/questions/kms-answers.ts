import { randomBytes } from 'node:crypto';
import {
  DecryptCommand,
  ReEncryptCommand,
  type KMSClient,
  type ReEncryptCommandInput,
} from '@aws-sdk/client-kms';
import { endOf, errorNameOf } from '../waiting.ts';
import { CONTEXT, dataKey, type Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

const KMS = 'emulator/kms/behaviour.md';
const PROOF = 'docs/proof.md';
const WRONG = { purpose: 'something else' };

/** How a ReEncrypt to the second key ends. */
export function endOfReEncrypt(
  { here, first, second }: Fixtures,
  CiphertextBlob: Uint8Array | undefined,
  more: Partial<ReEncryptCommandInput> = {},
): Promise<string> {
  return endOf(
    here.kms.send(
      new ReEncryptCommand({
        ...{ CiphertextBlob, SourceKeyId: first, SourceEncryptionContext: CONTEXT },
        ...{ DestinationKeyId: second, DestinationEncryptionContext: CONTEXT },
        ...more,
      }),
    ),
  );
}

const ofFirst = ({ here, first }: Fixtures): Promise<Uint8Array> => dataKey(here.kms, first);

export const KMS_ANSWERS: readonly Question[] = [
  {
    id: 'kms-wrong-context',
    service: 'KMS',
    open: 'which error ReEncrypt has for the right key and another encryption context',
    where: [KMS],
    calls: 'ReEncrypt with the key of the ciphertext and a context that is not its own',
    answers: ['InvalidCiphertextException', 'IncorrectKeyException'],
    assumed: 'InvalidCiphertextException',
    ask: async world => endOfReEncrypt(world, await ofFirst(world), { SourceEncryptionContext: WRONG }),
  },
  {
    id: 'kms-wrong-key',
    service: 'KMS',
    open: 'whether a key that did not make the ciphertext is told apart from one that cannot open it',
    where: [KMS, PROOF],
    calls: 'ReEncrypt with another key of the same account as the source, and the right context',
    answers: ['IncorrectKeyException', 'InvalidCiphertextException'],
    assumed: 'IncorrectKeyException',
    ask: async world =>
      endOfReEncrypt(world, await ofFirst(world), {
        SourceKeyId: world.second,
        DestinationKeyId: world.first,
      }),
  },
  {
    id: 'kms-key-or-context-first',
    service: 'KMS',
    open: 'whether KMS looks at the key or at the encryption context first',
    where: [KMS, PROOF],
    calls: 'ReEncrypt with a wrong key and a wrong context',
    answers: ['IncorrectKeyException', 'InvalidCiphertextException'],
    assumed: 'IncorrectKeyException',
    ask: async world =>
      endOfReEncrypt(world, await ofFirst(world), {
        ...{ SourceKeyId: world.second, DestinationKeyId: world.first },
        SourceEncryptionContext: WRONG,
      }),
  },
  {
    id: 'kms-altered-ciphertext',
    service: 'KMS',
    open: 'which error a ciphertext has whose last byte is another one',
    where: [KMS],
    calls: 'ReEncrypt of it, with its key and its context',
    answers: ['InvalidCiphertextException', 'IncorrectKeyException'],
    assumed: 'InvalidCiphertextException',
    ask: async world => {
      const altered = Uint8Array.from(await ofFirst(world));
      altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
      return endOfReEncrypt(world, altered);
    },
  },
  {
    id: 'kms-no-ciphertext',
    service: 'KMS',
    open: 'which error bytes have that KMS never made',
    where: [KMS],
    calls: 'ReEncrypt of 184 random bytes, with a named key',
    answers: ['InvalidCiphertextException', 'IncorrectKeyException'],
    assumed: 'InvalidCiphertextException',
    ask: world => endOfReEncrypt(world, randomBytes(184)),
  },
  {
    id: 'kms-of-a-disabled-key',
    service: 'KMS',
    open: 'what KMS says of a ciphertext of a disabled key, if another key is named as its source',
    where: [PROOF],
    calls: 'ReEncrypt of a ciphertext of a disabled key, with an enabled one as the source',
    answers: ['IncorrectKeyException', 'DisabledException', 'InvalidCiphertextException'],
    assumed: 'IncorrectKeyException',
    ask: world => endOfReEncrypt(world, world.disabled.ciphertext),
  },
  {
    id: 'kms-destination-first',
    service: 'KMS',
    open: 'whether KMS looks at the state of the destination key before it looks at the ciphertext',
    where: [KMS],
    calls: 'ReEncrypt of random bytes to a disabled key',
    answers: ['DisabledException', 'InvalidCiphertextException'],
    assumed: 'DisabledException',
    ask: world => endOfReEncrypt(world, randomBytes(184), { DestinationKeyId: world.disabled.arn }),
  },
  {
    id: 'kms-context-left-out',
    service: 'KMS',
    open: 'whether ReEncrypt without a destination context keeps that of the source',
    where: [KMS],
    calls: 'ReEncrypt without DestinationEncryptionContext, then Decrypt without a context',
    answers: ['no context', 'the context of the source'],
    assumed: 'no context',
    ask: contextLeftOut,
  },
  {
    id: 'kms-material-ids',
    service: 'KMS',
    open: 'whether ReEncrypt names the key material of both keys',
    where: [PROOF],
    calls: 'ReEncrypt between two symmetric keys of the origin AWS_KMS',
    answers: ['both', 'that of the source alone', 'that of the destination alone', 'none'],
    assumed: 'both',
    ask: materialIds,
  },
  {
    id: 'kms-context-size',
    service: 'KMS',
    open: 'how large an encryption context may be',
    where: [KMS],
    calls: 'GenerateDataKeyWithoutPlaintext with contexts of 1 KiB and twice as much up to 64 KiB',
    answers: ['65536 bytes are accepted', 'ValidationException from 16384 bytes on'],
    assumed: '65536 bytes are accepted',
    ask: contextSize,
  },
];

async function contextLeftOut({ here: { kms }, first, second }: Fixtures): Promise<string> {
  const { CiphertextBlob } = await kms.send(
    new ReEncryptCommand({
      ...{ CiphertextBlob: await dataKey(kms, first), SourceKeyId: first, SourceEncryptionContext: CONTEXT },
      DestinationKeyId: second,
    }),
  );
  const opened = (EncryptionContext?: Record<string, string>): Promise<string> =>
    endOf(kms.send(new DecryptCommand({ CiphertextBlob, KeyId: second, EncryptionContext })));
  if ((await opened()) === 'accepted') return 'no context';
  return (await opened(CONTEXT)) === 'accepted' ? 'the context of the source' : 'neither opens it';
}

async function materialIds({ here: { kms }, first, second }: Fixtures): Promise<string> {
  const { SourceKeyMaterialId: source, DestinationKeyMaterialId: destination } = await kms.send(
    new ReEncryptCommand({
      ...{ CiphertextBlob: await dataKey(kms, first), SourceKeyId: first, SourceEncryptionContext: CONTEXT },
      DestinationKeyId: second,
    }),
  );
  if (source !== undefined && destination !== undefined) return 'both';
  if (source !== undefined) return 'that of the source alone';
  return destination === undefined ? 'none' : 'that of the destination alone';
}

async function contextSize({ here: { kms }, first }: Fixtures): Promise<string> {
  for (const bytes of [1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536]) {
    const end = await endOfContext(kms, first, bytes);
    if (end !== 'accepted') return `${end} from ${bytes} bytes on`;
  }
  return '65536 bytes are accepted';
}

async function endOfContext(kms: KMSClient, key: string, bytes: number): Promise<string> {
  return dataKey(kms, key, { c: 'x'.repeat(bytes - 1) }).then(() => 'accepted', errorNameOf);
}
