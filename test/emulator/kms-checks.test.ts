import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const CONTEXT = { tenant: 'acme' };

async function keysOf(kms: KMSClient) {
  const create = async (): Promise<string> => (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  const [own, other] = [await create(), await create()];
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({ KeyId: own, Plaintext: Buffer.from('x'), EncryptionContext: CONTEXT }),
  );
  const decrypt = (KeyId: string, EncryptionContext: Record<string, string>): Promise<string | undefined> =>
    errorName(kms.send(new DecryptCommand({ KeyId, CiphertextBlob, EncryptionContext })));
  return { own, other, decrypt };
}

describe.each([
  ['key', 'IncorrectKeyException', 'IncorrectKeyException'],
  ['context', 'IncorrectKeyException', 'InvalidCiphertextException'],
  ['neither', 'InvalidCiphertextException', 'InvalidCiphertextException'],
] as const)('KMS that checks %s first', (kmsChecksFirst, ofItsContext, ofAnother) => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded({ kmsChecksFirst });
  });
  afterAll(() => aws.stop());

  it(`says ${ofItsContext} to another key under the right context, and ${ofAnother} under a wrong one`, async () => {
    const { other, decrypt } = await keysOf(aws.kms);
    expect(await decrypt(other, CONTEXT)).toBe(ofItsContext);
    expect(await decrypt(other, {})).toBe(ofAnother);
  });

  it('says InvalidCiphertextException to the right key under a wrong context', async () => {
    const { own, decrypt } = await keysOf(aws.kms);
    expect(await decrypt(own, {})).toBe('InvalidCiphertextException');
  });
});

describe('a dry run of Decrypt that ignores the ciphertext', () => {
  it('checks the key, and needs one', async () => {
    const aws = await embedded();
    const { kms } = aws;
    const { own } = await keysOf(kms);
    const dryRun = { DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT' as const] };
    const nameOf = (KeyId?: string): Promise<string | undefined> =>
      errorName(kms.send(new DecryptCommand({ ...dryRun, CiphertextBlob: undefined, KeyId })));
    expect(await nameOf(own)).toBe('DryRunOperationException');
    expect(await nameOf(own.replace(/.{4}$/, '0000'))).toBe('NotFoundException');
    expect(await nameOf()).toBe('ValidationException');
    await aws.stop();
  });
});

describe('what KMS on loopback does not have', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());

  it('is refused where AWS would answer in another way: plaintext for an enclave alone', async () => {
    const { kms } = aws;
    const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
    const Recipient = {
      KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
      AttestationDocument: Buffer.from('document'),
    };
    const calls = [
      kms.send(new DecryptCommand({ CiphertextBlob, Recipient })),
      kms.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', Recipient })),
      kms.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient })),
      kms.send(new GenerateRandomCommand({ NumberOfBytes: 8, Recipient })),
      kms.send(new GenerateRandomCommand({ NumberOfBytes: 8, CustomKeyStoreId: 'cks-1' })),
    ];
    expect(await Promise.all(calls.map(errorName))).toEqual(calls.map(() => 'UnsupportedOperationException'));
  });

  it('is not made up: random bytes need a number', async () => {
    expect(await errorName(aws.kms.send(new GenerateRandomCommand({})))).toBe('ValidationException');
    const { Plaintext } = await aws.kms.send(new GenerateRandomCommand({ NumberOfBytes: 24 }));
    expect(Plaintext).toHaveLength(24);
  });
});
