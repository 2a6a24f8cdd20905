import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GetPublicKeyCommand,
  SignCommand,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { createPublicKey, verify } from 'node:crypto';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('Signatures of KMS on loopback', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(() => aws.stop());

  const Message = Buffer.from('a statement');
  const SigningAlgorithm = 'ECDSA_SHA_256';
  const createKey = async (): Promise<string> => {
    const made = await aws.kms.send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    return made.KeyMetadata!.Arn!;
  };
  const sign = (KeyId: string, more: object = {}) =>
    aws.kms.send(new SignCommand({ KeyId, Message, SigningAlgorithm, ...more }));

  it('tells what a signing key can do, and gives its public key', async () => {
    const KeyId = await createKey();
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId }));
    expect(KeyMetadata).toMatchObject({ KeySpec: 'ECC_NIST_P256', SigningAlgorithms: ['ECDSA_SHA_256'] });
    expect(KeyMetadata).not.toHaveProperty('EncryptionAlgorithms');
    expect(KeyMetadata).not.toHaveProperty('CurrentKeyMaterialId');
    const { KeyUsage, SigningAlgorithms } = await aws.kms.send(new GetPublicKeyCommand({ KeyId }));
    expect([KeyUsage, SigningAlgorithms]).toEqual(['SIGN_VERIFY', ['ECDSA_SHA_256']]);
  });

  it('signs so that anyone can verify with the public key outside of KMS', async () => {
    const KeyId = await createKey();
    const { Signature } = await sign(KeyId);
    const { PublicKey } = await aws.kms.send(new GetPublicKeyCommand({ KeyId }));
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
    expect(verify('sha256', Message, key, Signature!)).toBe(true);
  });

  it('verifies its own signatures and refuses those of other messages and keys', async () => {
    const [KeyId, other] = [await createKey(), await createKey()];
    const { Signature } = await sign(KeyId);
    const ask = (of: string, message: Buffer) =>
      aws.kms.send(new VerifyCommand({ KeyId: of, Message: message, Signature, SigningAlgorithm }));
    expect((await ask(KeyId, Message)).SignatureValid).toBe(true);
    expect(await errorName(ask(KeyId, Buffer.from('another')))).toBe('KMSInvalidSignatureException');
    expect(await errorName(ask(other, Message))).toBe('KMSInvalidSignatureException');
  });

  it('refuses what a signing key cannot do, and signing where a key cannot', async () => {
    const KeyId = await createKey();
    const encrypting = (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
    const encrypt = new EncryptCommand({ KeyId, Plaintext: Message });
    expect(await errorName(aws.kms.send(encrypt))).toBe('InvalidKeyUsageException');
    expect(await errorName(sign(encrypting))).toBe('InvalidKeyUsageException');
    expect(await errorName(sign(KeyId, { SigningAlgorithm: 'ECDSA_SHA_384' }))).toBe(
      'InvalidKeyUsageException',
    );
    expect(await errorName(sign(KeyId, { Message: Buffer.alloc(4097) }))).toBe('ValidationException');
    expect(await errorName(sign(KeyId, { DryRun: true }))).toBe('DryRunOperationException');
    expect(await errorName(aws.kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256' })))).toBe(
      'ValidationException',
    );
  });

  it('does not sign with a disabled key', async () => {
    const KeyId = await createKey();
    await aws.kms.send(new DisableKeyCommand({ KeyId }));
    expect(await errorName(sign(KeyId))).toBe('DisabledException');
  });
});
