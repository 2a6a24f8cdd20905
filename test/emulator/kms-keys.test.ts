import {
  ConnectCustomKeyStoreCommand,
  CreateCustomKeyStoreCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  DisconnectCustomKeyStoreCommand,
  EncryptCommand,
  GetKeyLastUsageCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  ReEncryptCommand,
  RevokeGrantCommand,
  RotateKeyOnDemandCommand,
  type CreateKeyCommandInput,
  type ImportKeyMaterialCommandInput,
} from '@aws-sdk/client-kms';
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('Keys of KMS on loopback', () => {
  let aws: Embedded;
  let now = Date.parse('2026-11-22T00:00:00Z');
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
  });
  afterAll(() => aws.stop());

  const createKey = async (input: CreateKeyCommandInput = {}): Promise<string> =>
    (await aws.kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
  const described = async (KeyId: string) =>
    (await aws.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
  const encrypt = (KeyId: string, GrantTokens: string[] = []) =>
    aws.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('data key'), GrantTokens }));

  const importMaterial = async (
    KeyId: string,
    secret: Buffer,
    input: Partial<ImportKeyMaterialCommandInput> = {},
  ) => {
    const parameters = await aws.kms.send(
      new GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
    );
    const key = createPublicKey({
      key: Buffer.from(parameters.PublicKey!),
      format: 'der',
      type: 'spki',
    });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return aws.kms.send(
      new ImportKeyMaterialCommand({
        KeyId,
        ImportToken: parameters.ImportToken,
        EncryptedKeyMaterial: publicEncrypt({ key, padding, oaepHash: 'sha256' }, secret),
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        ...input,
      }),
    );
  };

  describe('with imported material', () => {
    it('wait for their material, and are enabled by it', async () => {
      const key = await createKey({ Origin: 'EXTERNAL' });
      expect(await errorName(encrypt(key))).toBe('KMSInvalidStateException');
      const { KeyMaterialId } = await importMaterial(key, randomBytes(32));
      expect(await described(key)).toMatchObject({
        KeyState: 'Enabled',
        CurrentKeyMaterialId: KeyMaterialId,
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      });
    });

    it('are pending import when it expires or is deleted, and come back with the same bytes only', async () => {
      const key = await createKey({ Origin: 'EXTERNAL' });
      const secret = randomBytes(32);
      await importMaterial(key, secret, {
        ExpirationModel: 'KEY_MATERIAL_EXPIRES',
        ValidTo: new Date(now + 60_000),
      });
      const { CiphertextBlob } = await encrypt(key);
      now += 60_000;
      expect(await described(key)).toMatchObject({ KeyState: 'PendingImport' });
      expect(
        await errorName(importMaterial(key, randomBytes(32), { ImportType: 'EXISTING_KEY_MATERIAL' })),
      ).toBe('IncorrectKeyMaterialException');
      await importMaterial(key, secret);
      const again = new ReEncryptCommand({ CiphertextBlob, SourceKeyId: key, DestinationKeyId: key });
      expect(await aws.kms.send(again)).toMatchObject({ SourceKeyId: key });
      await aws.kms.send(new DeleteImportedKeyMaterialCommand({ KeyId: key }));
      expect(await errorName(encrypt(key))).toBe('KMSInvalidStateException');
    });

    it('rotate on demand to material that was imported for this', async () => {
      const key = await createKey({ Origin: 'EXTERNAL' });
      const first = await importMaterial(key, randomBytes(32));
      const rotate = () => aws.kms.send(new RotateKeyOnDemandCommand({ KeyId: key }));
      expect(await errorName(rotate())).toBe('KMSInvalidStateException');
      const second = await importMaterial(key, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
      const states = async () =>
        (
          await aws.kms.send(
            new ListKeyRotationsCommand({ KeyId: key, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }),
          )
        ).Rotations!.map(({ KeyMaterialId, KeyMaterialState }) => [KeyMaterialId, KeyMaterialState]);
      expect(await states()).toEqual([
        [first.KeyMaterialId, 'CURRENT'],
        [second.KeyMaterialId, 'PENDING_ROTATION'],
      ]);
      await rotate();
      expect(await states()).toEqual([
        [first.KeyMaterialId, 'NON_CURRENT'],
        [second.KeyMaterialId, 'CURRENT'],
      ]);
    });

    it('cannot be wrapped for another key', async () => {
      const [key, other] = [await createKey({ Origin: 'EXTERNAL' }), await createKey({ Origin: 'EXTERNAL' })];
      expect(await errorName(importMaterial(key, randomBytes(32), { KeyId: other }))).toBe(
        'InvalidImportTokenException',
      );
    });
  });

  describe('of a custom key store', () => {
    const store = async (): Promise<string> =>
      (
        await aws.kms.send(
          new CreateCustomKeyStoreCommand({ CustomKeyStoreName: 'hsm', CustomKeyStoreType: 'AWS_CLOUDHSM' }),
        )
      ).CustomKeyStoreId!;

    it('are made in a connected store, and name that store but no key material', async () => {
      const CustomKeyStoreId = await store();
      const input = { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId } as const;
      expect(await errorName(createKey(input))).toBe('CustomKeyStoreInvalidStateException');
      await aws.kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      const key = await createKey(input);
      const metadata = await described(key);
      expect(metadata).toMatchObject({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
      expect(metadata.CurrentKeyMaterialId).toBeUndefined();
      const { CiphertextBlob } = await encrypt(key);
      const reply = await aws.kms.send(
        new ReEncryptCommand({ CiphertextBlob, SourceKeyId: key, DestinationKeyId: await createKey() }),
      );
      expect(reply.SourceKeyMaterialId).toBeUndefined();
      expect(reply.DestinationKeyMaterialId).toEqual(expect.any(String));
    });

    it('are unavailable while it is disconnected', async () => {
      const CustomKeyStoreId = await store();
      await aws.kms.send(new ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      const key = await createKey({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId });
      await aws.kms.send(new DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      expect(await described(key)).toMatchObject({ KeyState: 'Unavailable' });
      expect(await errorName(encrypt(key))).toBe('KMSInvalidStateException');
    });
  });

  it('accept the token of an existing grant, and no other', async () => {
    const key = await createKey();
    const grant = await aws.kms.send(
      new CreateGrantCommand({
        KeyId: key,
        GranteePrincipal: 'arn:aws:iam::111122223333:role/worker',
        Operations: ['ReEncryptFrom', 'ReEncryptTo'],
      }),
    );
    expect(await errorName(encrypt(key, [grant.GrantToken!]))).toBe('none');
    expect(await errorName(encrypt(key, ['made up']))).toBe('InvalidGrantTokenException');
    const { Grants } = await aws.kms.send(new ListGrantsCommand({ KeyId: key }));
    expect(Grants).toMatchObject([{ GrantId: grant.GrantId, Operations: ['ReEncryptFrom', 'ReEncryptTo'] }]);
    await aws.kms.send(new RevokeGrantCommand({ KeyId: key, GrantId: grant.GrantId }));
    expect(await errorName(encrypt(key, [grant.GrantToken!]))).toBe('InvalidGrantTokenException');
  });

  it.each([
    ['RSAES_OAEP_SHA_1', 214],
    ['RSAES_OAEP_SHA_256', 190],
  ] as const)('encrypt with RSA_2048 and %s up to %i bytes', async (EncryptionAlgorithm, most) => {
    const KeyId = await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const rsa = (bytes: number) =>
      aws.kms.send(new EncryptCommand({ KeyId, EncryptionAlgorithm, Plaintext: randomBytes(bytes) }));
    expect((await rsa(most)).CiphertextBlob).toHaveLength(256);
    await expect(rsa(most + 1)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(`larger than ${most} bytes`),
    });
  });

  describe('the last use of a key', () => {
    const lastUse = async (KeyId: string) =>
      (await aws.kms.send(new GetKeyLastUsageCommand({ KeyId }))).KeyLastUsage;

    it('is its last successful cryptographic operation, and ReEncrypt counts for both keys', async () => {
      const [from, to] = [await createKey(), await createKey()];
      expect(await lastUse(from)).toEqual({});
      const { CiphertextBlob } = await encrypt(from);
      expect(await lastUse(from)).toMatchObject({ Operation: 'Encrypt', Timestamp: expect.any(Date) });
      await aws.kms.send(new ReEncryptCommand({ CiphertextBlob, SourceKeyId: from, DestinationKeyId: to }));
      expect([(await lastUse(from))?.Operation, (await lastUse(to))?.Operation]).toEqual([
        'ReEncrypt',
        'ReEncrypt',
      ]);
    });

    it('is never an operation that failed', async () => {
      const key = await createKey();
      const command = new ReEncryptCommand({
        CiphertextBlob: Buffer.from('garbage'),
        SourceKeyId: key,
        DestinationKeyId: key,
      });
      expect(await errorName(aws.kms.send(command))).toBe('InvalidCiphertextException');
      expect(await lastUse(key)).toEqual({});
    });
  });
});
