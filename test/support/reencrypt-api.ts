import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import type { EncryptionAlgorithm } from '../../lambda/core/model/key-use.ts';
import type { ReEncryptAnswer, ReEncryptRequest, RequestSide } from '../../lambda/core/ports.ts';
import { embedded, type Embedded } from './embedded.ts';

/** One row of a list in KMS's documentation of ReEncrypt, and what it means for us. */
export type Row = readonly [member: string, behaviour: string, holds: () => Promise<void>];

export const CONTEXT = { tenant: 'acme' };
export const OTHER_CONTEXT = { tenant: 'acme', purpose: 'orders' };
export const PLAINTEXT = Buffer.from('a data key of thirty-two bytes..');

export let aws: Embedded;

/** Starts an embedded AWS for the tests of the file that calls this. */
export function withEmbeddedKms(): void {
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());
}

export const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
  (await aws.kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
export const service = (grantTokens: readonly string[] = []): KmsKeyService => {
  const keys = new KmsKeyService(new KmsChannel({ endpoint: aws.endpoint, grantTokens, patienceMs: [] }));
  keys.pace(1_000);
  return keys;
};
export const side = (
  keyArn: string,
  context: RequestSide['context'] = CONTEXT,
  encryptionAlgorithm: EncryptionAlgorithm = 'SYMMETRIC_DEFAULT',
): RequestSide => ({ keyArn, context, encryptionAlgorithm });
export const encrypt = async ({ keyArn, context, encryptionAlgorithm }: RequestSide): Promise<Uint8Array> =>
  (
    await aws.kms.send(
      new EncryptCommand({
        KeyId: keyArn,
        Plaintext: PLAINTEXT,
        EncryptionContext: { ...context },
        EncryptionAlgorithm: encryptionAlgorithm,
      }),
    )
  ).CiphertextBlob!;
export const decrypt = async (
  CiphertextBlob: Uint8Array,
  { keyArn, context, encryptionAlgorithm }: RequestSide,
) =>
  Buffer.from(
    (
      await aws.kms.send(
        new DecryptCommand({
          CiphertextBlob,
          KeyId: keyArn,
          EncryptionContext: { ...context },
          EncryptionAlgorithm: encryptionAlgorithm,
        }),
      )
    ).Plaintext!,
  );

/** A request from one new symmetric key to another, unless the changes say otherwise. */
export async function requestOf(changes: Partial<ReEncryptRequest> = {}): Promise<ReEncryptRequest> {
  const source = changes.source ?? side(await create());
  const destination = changes.destination ?? side(await create());
  return { ciphertext: changes.ciphertext ?? (await encrypt(source)), source, destination };
}

export async function reEncrypted(request: ReEncryptRequest, keys = service()) {
  const answer: ReEncryptAnswer = await keys.reEncrypt(request);
  if (answer.kind !== 're-encrypted') throw new Error(`not re-encrypted: ${answer.kind}`);
  return answer;
}
