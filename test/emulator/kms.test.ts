import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  PutKeyPolicyCommand,
  DisableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeyRotationsCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  type CreateKeyCommandInput,
  type ReEncryptCommandInput,
} from '@aws-sdk/client-kms';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const CONTEXT = { tenant: 'acme' };

describe('KMS on loopback', () => {
  let aws: Embedded;
  let kms: KMSClient;
  beforeAll(async () => {
    aws = await embedded();
    kms = aws.kms;
  });
  afterAll(() => aws.stop());

  const createKey = async (input: CreateKeyCommandInput = {}, client = kms): Promise<string> =>
    (await client.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
  const dataKey = async (KeyId: string, client = kms) =>
    client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: CONTEXT }));
  const reEncrypt = (input: ReEncryptCommandInput, client = kms) =>
    client.send(
      new ReEncryptCommand({
        SourceEncryptionContext: CONTEXT,
        DestinationEncryptionContext: CONTEXT,
        ...input,
      }),
    );

  it('re-encrypts without changing the data key, and names keys and key materials of both sides', async () => {
    const [source, destination] = [await createKey(), await createKey()];
    const made = await dataKey(source);
    const reply = await reEncrypt({
      CiphertextBlob: made.CiphertextBlob,
      SourceKeyId: source,
      DestinationKeyId: destination,
    });
    expect(reply).toMatchObject({
      SourceKeyId: source,
      KeyId: destination,
      SourceKeyMaterialId: made.KeyMaterialId,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    });
    const opened = await kms.send(
      new DecryptCommand({ CiphertextBlob: reply.CiphertextBlob, EncryptionContext: CONTEXT }),
    );
    expect(Buffer.from(opened.Plaintext!)).toEqual(Buffer.from(made.Plaintext!));
    expect(opened).toMatchObject({ KeyId: destination, KeyMaterialId: reply.DestinationKeyMaterialId });
  });

  it('makes ciphertexts of the size and first bytes that KMS makes', async () => {
    const { CiphertextBlob } = await dataKey(await createKey());
    expect(CiphertextBlob).toHaveLength(184);
    expect(Buffer.from(CiphertextBlob!).toString('base64')).toMatch(/^AQICAH/);
  });

  it('tells a wrong key, a wrong context, garbage and a flipped bit apart', async () => {
    const [source, destination, other] = [await createKey(), await createKey(), await createKey()];
    const { CiphertextBlob } = await dataKey(source);
    const flipped = CiphertextBlob!.map((byte, index) => (index === 183 ? byte ^ 1 : byte));
    const call = (input: Partial<ReEncryptCommandInput>) =>
      errorName(reEncrypt({ CiphertextBlob, SourceKeyId: source, DestinationKeyId: destination, ...input }));
    expect(await call({ SourceKeyId: other })).toBe('IncorrectKeyException');
    expect(await call({ SourceKeyId: other, SourceEncryptionContext: {} })).toBe('IncorrectKeyException');
    expect(await call({ SourceEncryptionContext: { tenant: 'globex' } })).toBe('InvalidCiphertextException');
    expect(await call({ CiphertextBlob: flipped })).toBe('InvalidCiphertextException');
    expect(await call({ CiphertextBlob: Buffer.from('garbage') })).toBe('InvalidCiphertextException');
    expect(await call({})).toBe('none');
  });

  it('does not carry the source context over: an omitted destination context is an empty one', async () => {
    const [source, destination] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await dataKey(source);
    const reply = await kms.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: CONTEXT,
        DestinationKeyId: destination,
      }),
    );
    expect(await errorName(kms.send(new DecryptCommand({ CiphertextBlob: reply.CiphertextBlob })))).toBe(
      'none',
    );
  });

  it('finds the key in the ciphertext if none is named', async () => {
    const source = await createKey();
    const { CiphertextBlob } = await dataKey(source);
    expect(await reEncrypt({ CiphertextBlob, DestinationKeyId: source })).toMatchObject({
      SourceKeyId: source,
    });
  });

  it.each([
    ['disabled', (KeyId: string) => new DisableKeyCommand({ KeyId }), 'DisabledException'],
    [
      'pending deletion',
      (KeyId: string) => new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
      'KMSInvalidStateException',
    ],
  ])('refuses a key that is %s, as source and as destination', async (_, command, error) => {
    const [bad, good] = [await createKey(), await createKey()];
    const [ofBad, ofGood] = [await dataKey(bad), await dataKey(good)];
    await kms.send(command(bad));
    expect(
      await errorName(
        reEncrypt({ CiphertextBlob: ofBad.CiphertextBlob, SourceKeyId: bad, DestinationKeyId: good }),
      ),
    ).toBe(error);
    expect(
      await errorName(
        reEncrypt({ CiphertextBlob: ofGood.CiphertextBlob, SourceKeyId: good, DestinationKeyId: bad }),
      ),
    ).toBe(error);
  });

  it('gives a key back as disabled when its deletion is cancelled', async () => {
    const KeyId = await createKey();
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({
      KeyState: 'Disabled',
      Enabled: false,
    });
  });

  it.each([
    [{}, 'NotFoundException'],
    [{ KeyUsage: 'SIGN_VERIFY' as const, KeySpec: 'RSA_2048' as const }, 'InvalidKeyUsageException'],
    [{ Origin: 'EXTERNAL' as const }, 'KMSInvalidStateException'],
  ])('refuses a destination made with %j by its documented error', async (input, error) => {
    const source = await createKey();
    const { CiphertextBlob } = await dataKey(source);
    const destination =
      error === 'NotFoundException' ? source.replace(/.$/, '0').replace(/..$/, 'zz') : await createKey(input);
    expect(
      await errorName(reEncrypt({ CiphertextBlob, SourceKeyId: source, DestinationKeyId: destination })),
    ).toBe(error);
  });

  it('fails a dry run in the way that says it would have succeeded, or as the call itself would', async () => {
    const [source, destination] = [await createKey(), await createKey()];
    const { CiphertextBlob } = await dataKey(source);
    const call = (input: Partial<ReEncryptCommandInput>) =>
      errorName(reEncrypt({ SourceKeyId: source, DestinationKeyId: destination, DryRun: true, ...input }));
    expect(await call({ CiphertextBlob })).toBe('DryRunOperationException');
    expect(await call({ CiphertextBlob: Buffer.from('garbage') })).toBe('InvalidCiphertextException');
    expect(await call({ DryRunModifiers: ['IGNORE_CIPHERTEXT'] })).toBe('DryRunOperationException');
    expect(await call({ DryRunModifiers: ['IGNORE_CIPHERTEXT'], SourceKeyId: undefined })).toBe(
      'ValidationException',
    );
    expect(await call({})).toBe('ValidationException');
  });

  it('opens old ciphertexts after a rotation, and makes new ones with the new key material', async () => {
    const KeyId = await createKey();
    const before = await dataKey(KeyId);
    await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
    const reply = await reEncrypt({
      CiphertextBlob: before.CiphertextBlob,
      SourceKeyId: KeyId,
      DestinationKeyId: KeyId,
    });
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId }));
    expect(reply.SourceKeyMaterialId).toBe(before.KeyMaterialId);
    expect(reply.DestinationKeyMaterialId).toBe(KeyMetadata!.CurrentKeyMaterialId);
    expect(reply.DestinationKeyMaterialId).not.toBe(before.KeyMaterialId);
    const { Rotations } = await kms.send(
      new ListKeyRotationsCommand({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }),
    );
    expect(Rotations?.map(({ KeyMaterialState }) => KeyMaterialState)).toEqual(['NON_CURRENT', 'CURRENT']);
  });

  it('shares key material between a multi-Region key and its replica, and nothing else between Regions', async () => {
    const west = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1', maxAttempts: 1 });
    const [primary, single] = [await createKey({ MultiRegion: true }), await createKey()];
    const { ReplicaKeyMetadata } = await kms.send(
      new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: 'eu-west-1' }),
    );
    const local = await createKey({}, west);
    const [shared, alone] = [await dataKey(primary), await dataKey(single)];
    const moved = await reEncrypt(
      {
        CiphertextBlob: shared.CiphertextBlob,
        SourceKeyId: ReplicaKeyMetadata!.Arn,
        DestinationKeyId: local,
      },
      west,
    );
    expect(moved.SourceKeyMaterialId).toBe(shared.KeyMaterialId);
    expect(
      await errorName(reEncrypt({ CiphertextBlob: alone.CiphertextBlob, DestinationKeyId: local }, west)),
    ).toBe('AccessDeniedException');
    expect(
      await errorName(
        reEncrypt(
          { CiphertextBlob: shared.CiphertextBlob, SourceKeyId: primary, DestinationKeyId: local },
          west,
        ),
      ),
    ).toBe('NotFoundException');
    west.destroy();
  });

  it('names a key by alias name and alias ARN, in its own account and Region', async () => {
    const KeyId = await createKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: KeyId }));
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
    for (const name of ['alias/orders', Aliases![0]!.AliasArn])
      expect((await kms.send(new DescribeKeyCommand({ KeyId: name }))).KeyMetadata?.Arn).toBe(KeyId);
    expect(
      await errorName(kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: KeyId }))),
    ).toBe('AlreadyExistsException');
  });

  it('uses RSA keys with OAEP, without contexts and without key material ids', async () => {
    const [rsa, symmetric] = [
      await createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' }),
      await createKey(),
    ];
    const { CiphertextBlob } = await dataKey(symmetric);
    const into = await reEncrypt({
      CiphertextBlob,
      DestinationKeyId: rsa,
      DestinationEncryptionContext: {},
      DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
    });
    expect(into.DestinationKeyMaterialId).toBeUndefined();
    const back = {
      CiphertextBlob: into.CiphertextBlob,
      SourceKeyId: rsa,
      SourceEncryptionContext: {},
      SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
      DestinationKeyId: symmetric,
    };
    expect((await reEncrypt(back)).SourceKeyMaterialId).toBeUndefined();
    expect(await errorName(reEncrypt({ ...back, SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }))).toBe(
      'InvalidCiphertextException',
    );
    expect(
      await errorName(
        reEncrypt({
          CiphertextBlob,
          DestinationKeyId: rsa,
          DestinationEncryptionAlgorithm: 'RSAES_OAEP_SHA_256',
        }),
      ),
    ).toBe('ValidationException');
    expect(
      await errorName(reEncrypt({ CiphertextBlob, DestinationKeyId: rsa, DestinationEncryptionContext: {} })),
    ).toBe('InvalidKeyUsageException');
  });

  it('wraps the private key of a data key pair', async () => {
    const [source, destination] = [await createKey(), await createKey()];
    const pair = await kms.send(
      new GenerateDataKeyPairWithoutPlaintextCommand({
        KeyId: source,
        KeyPairSpec: 'RSA_2048',
        EncryptionContext: CONTEXT,
      }),
    );
    const reply = await reEncrypt({
      CiphertextBlob: pair.PrivateKeyCiphertextBlob,
      SourceKeyId: source,
      DestinationKeyId: destination,
    });
    expect(reply.CiphertextBlob!.length).toBeGreaterThan(1_000);
  });

  it('knows no grant token, and takes ten at most', async () => {
    const KeyId = await createKey();
    const { CiphertextBlob } = await dataKey(KeyId);
    const call = (GrantTokens: string[]) =>
      errorName(reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId, GrantTokens }));
    expect(await call(['token'])).toBe('InvalidGrantTokenException');
    expect(await call(Array.from({ length: 11 }, () => 'token'))).toBe('ValidationException');
  });

  it.each([
    ['ThrottlingException', 400],
    ['KMSInternalException', 500],
    ['KeyUnavailableException', 500],
    ['DependencyTimeoutException', 503],
  ])('fails with %s when it is told to, as often as it is told to', async (error, status) => {
    const KeyId = await createKey();
    aws.aws.faults.inject({ service: 'kms', operation: 'DescribeKey', error, status, count: 1 });
    const call = () => errorName(kms.send(new DescribeKeyCommand({ KeyId })));
    expect([await call(), await call()]).toEqual([error, 'none']);
  });

  it('takes at most 4,096 bytes to encrypt, and 6,144 to re-encrypt', async () => {
    const KeyId = await createKey();
    expect(await errorName(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4096) })))).toBe(
      'none',
    );
    expect(await errorName(kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.alloc(4097) })))).toBe(
      'ValidationException',
    );
    expect(await errorName(reEncrypt({ CiphertextBlob: Buffer.alloc(6145), DestinationKeyId: KeyId }))).toBe(
      'ValidationException',
    );
  });

  it('keeps the keys of accounts apart, and finds those of others by ARN where both accounts allow it', async () => {
    const other = new KMSClient({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      credentials: { accessKeyId: '444455556666', secretAccessKey: 'x' },
    });
    const theirs = await createKey({}, other);
    expect(theirs).toContain(':444455556666:');
    expect(await errorName(kms.send(new DescribeKeyCommand({ KeyId: theirs.split('/')[1] })))).toBe(
      'NotFoundException',
    );
    expect(await errorName(kms.send(new DescribeKeyCommand({ KeyId: theirs })))).toBe(
      'AccessDeniedException',
    );
    const statements = ['444455556666', '111122223333'].map(account => ({
      Effect: 'Allow',
      Principal: { AWS: account },
      Action: 'kms:*',
      Resource: '*',
    }));
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await other.send(new PutKeyPolicyCommand({ KeyId: theirs, PolicyName: 'default', Policy: policy }));
    expect(await errorName(kms.send(new DescribeKeyCommand({ KeyId: theirs })))).toBe('none');
    other.destroy();
  });
});
