import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  GetParametersForImportCommand,
  ImportKeyMaterialCommand,
  KMSClient,
  ListAliasesCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  type CreateKeyCommandInput,
  type ImportKeyMaterialCommandInput,
  type KeyMetadata,
  type Tag,
} from '@aws-sdk/client-kms';
import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-28T00:00:00Z');

describe('the life of a key of KMS on loopback', () => {
  let aws: Embedded;
  let now = NOW;
  let kms: KMSClient;
  let west: KMSClient;
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
    kms = aws.kms;
    west = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1', maxAttempts: 1 });
  });
  afterAll(async () => {
    west.destroy();
    await aws.stop();
  });

  const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
    (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
  const described = async (KeyId: string, client = kms): Promise<KeyMetadata> =>
    (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
  const message = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'no error',
      (error: unknown) => (error as Error).message,
    );

  it('has aliases that tell when they were made, and when they were moved', async () => {
    const [first, second] = [await create(), await create()];
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: first }));
    now += DAY_MS;
    await kms.send(new UpdateAliasCommand({ AliasName: 'alias/orders', TargetKeyId: second }));
    now -= DAY_MS;
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: second }));
    expect(Aliases).toMatchObject([
      { CreationDate: new Date(NOW), LastUpdatedDate: new Date(NOW + DAY_MS), AliasName: 'alias/orders' },
    ]);
  });

  describe('its tags', () => {
    const tag = (KeyId: string, Tags: Tag[]) => kms.send(new TagResourceCommand({ KeyId, Tags }));
    const tagsOf = async (KeyId: string) =>
      (await kms.send(new ListResourceTagsCommand({ KeyId }))).Tags!.map(
        ({ TagKey, TagValue }) => `${TagKey}=${TagValue}`,
      );

    it('take another value in their place', async () => {
      const key = await create({
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'b', TagValue: '1' },
        ],
      });
      await tag(key, [
        { TagKey: 'c', TagValue: '2' },
        { TagKey: 'a', TagValue: '2' },
      ]);
      expect(await tagsOf(key)).toEqual(['a=2', 'b=1', 'c=2']);
    });

    const many = Array.from({ length: 51 }, (_, index) => ({ TagKey: `k${index}`, TagValue: '' }));
    it.each([
      ['twice', [many[0]!, many[0]!], 'TagException', 'Duplicate tag keys'],
      ['51', many, 'TagException', 'Too many tags'],
      ...['aws:team', 'AWS:team'].map(
        TagKey =>
          [
            TagKey,
            [{ TagKey, TagValue: '' }],
            'TagException',
            'Tags beginning with aws: are reserved',
          ] as const,
      ),
      [
        'a key of 129 characters',
        [many[0]!, { TagKey: 'k'.repeat(129), TagValue: '' }],
        'ValidationException',
        `1 validation error detected: Value '${'k'.repeat(129)}' at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128`,
      ],
      [
        'a value of 257 characters',
        [{ TagKey: 'k', TagValue: 'v'.repeat(257) }],
        'ValidationException',
        `1 validation error detected: Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256`,
      ],
    ] as const)('are refused: %s', async (_, tags, name, words) => {
      const key = await create();
      for (const call of [() => create({ Tags: [...tags] }), () => tag(key, [...tags])])
        await expect(call()).rejects.toMatchObject({ name, message: words });
      expect(await tagsOf(key)).toEqual([]);
    });
  });

  describe('its policy', () => {
    it('is JSON with statements, and has one name', async () => {
      const KeyId = await create();
      const put = (Policy: string, PolicyName?: string) =>
        errorName(kms.send(new PutKeyPolicyCommand({ KeyId, Policy, PolicyName })));
      const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId }));
      expect(await put('{')).toBe('MalformedPolicyDocumentException');
      expect(await put('{}')).toBe('MalformedPolicyDocumentException');
      expect(await put(Policy!, 'other')).toBe('NotFoundException');
      expect(await put(Policy!, 'default')).toBe('none');
      expect(await errorName(create({ Policy: 'none' }))).toBe('MalformedPolicyDocumentException');
    });
  });

  describe('its replica', () => {
    it('is answered as one that is being made, and has the default policy, not that of its primary key', async () => {
      const standard = await kms.send(new GetKeyPolicyCommand({ KeyId: await create() }));
      const statement = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const KeyId = await create({ MultiRegion: true, Policy });
      const made = await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
      expect(made.ReplicaKeyMetadata).toMatchObject({
        Enabled: false,
        KeyState: 'Creating',
        Description: '',
      });
      expect(made.ReplicaKeyMetadata).not.toHaveProperty('CurrentKeyMaterialId');
      expect(made).not.toHaveProperty('ReplicaTags');
      expect(made.ReplicaPolicy).toBe(standard.Policy);
      const replica = made.ReplicaKeyMetadata!.Arn!;
      expect(await described(replica, west)).toMatchObject({ Enabled: true, KeyState: 'Enabled' });
      expect((await described(replica, west)).CurrentKeyMaterialId).toBe(
        (await described(KeyId)).CurrentKeyMaterialId,
      );
    });

    it('keeps its primary key from a date of deletion', async () => {
      const KeyId = await create({ MultiRegion: true });
      await kms.send(new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }));
      const deletion = new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 8 });
      const scheduled = await kms.send(deletion);
      expect(scheduled).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingWindowInDays: 8 });
      expect(scheduled).not.toHaveProperty('DeletionDate');
      expect(await described(KeyId)).toMatchObject({ PendingDeletionWindowInDays: 8 });
      expect(await errorName(kms.send(deletion))).toBe('KMSInvalidStateException');
      await kms.send(new CancelKeyDeletionCommand({ KeyId }));
      expect(await described(KeyId)).toMatchObject({ KeyState: 'Disabled' });
    });
  });

  describe('its deletion', () => {
    it('has a date until it is cancelled, and keeps others from changing the key', async () => {
      const KeyId = await create();
      await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
      expect((await described(KeyId)).DeletionDate).toEqual(new Date(NOW + 7 * DAY_MS));
      const calls = [
        () => kms.send(new TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: '' }] })),
        () => kms.send(new CreateAliasCommand({ AliasName: 'alias/late', TargetKeyId: KeyId })),
        () => kms.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'late' })),
        () => kms.send(new EnableKeyRotationCommand({ KeyId })),
        () => kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
      ];
      for (const call of calls) expect(await message(call())).toBe(`${KeyId} is pending deletion.`);
      await kms.send(new CancelKeyDeletionCommand({ KeyId }));
      expect(await described(KeyId)).not.toHaveProperty('DeletionDate');
    });

    it('waits 7 to 30 days', async () => {
      const KeyId = await create();
      for (const PendingWindowInDays of [6, 31])
        expect(
          await errorName(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays }))),
        ).toBe('ValidationException');
    });
  });

  describe('its automatic rotation', () => {
    const status = async (KeyId: string, client = kms) => {
      const { $metadata: _, ...told } = await client.send(new GetKeyRotationStatusCommand({ KeyId }));
      return told;
    };

    it('has a next date, which a rotation on demand does not move', async () => {
      const KeyId = await create();
      expect(await status(KeyId)).toEqual({ KeyId, KeyRotationEnabled: false });
      await kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 90 }));
      await kms.send(new RotateKeyOnDemandCommand({ KeyId }));
      expect(await status(KeyId)).toEqual({
        ...{ KeyId, KeyRotationEnabled: true, RotationPeriodInDays: 90 },
        NextRotationDate: new Date(NOW + 90 * DAY_MS),
      });
    });

    it('is that of the primary key for a replica, and nothing for imported material', async () => {
      const KeyId = await create({ MultiRegion: true });
      const { ReplicaKeyMetadata } = await kms.send(
        new ReplicateKeyCommand({ KeyId, ReplicaRegion: 'eu-west-1' }),
      );
      await kms.send(new EnableKeyRotationCommand({ KeyId }));
      expect(await status(ReplicaKeyMetadata!.Arn!, west)).toMatchObject({ RotationPeriodInDays: 365 });
      const external = await create({ Origin: 'EXTERNAL' });
      await importInto(external, randomBytes(32));
      expect(await message(kms.send(new EnableKeyRotationCommand({ KeyId: external })))).toBe(
        `${external} origin is EXTERNAL which is not valid for this operation.`,
      );
    });
  });

  async function importInto(
    KeyId: string,
    secret: Buffer,
    more: Partial<ImportKeyMaterialCommandInput> = {},
  ): Promise<string> {
    const { PublicKey, ImportToken } = await kms.send(
      new GetParametersForImportCommand({
        ...{ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
      }),
    );
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const imported = await kms.send(
      new ImportKeyMaterialCommand({
        ...{ KeyId, ImportToken, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' },
        EncryptedKeyMaterial: publicEncrypt({ key, padding, oaepHash: 'sha256' }, secret),
        ...more,
      }),
    );
    return imported.KeyMaterialId!;
  }

  describe('its imported material', () => {
    it('needs a date where it expires, and leaves nothing behind without one', async () => {
      const KeyId = await create({ Origin: 'EXTERNAL' });
      const secret = randomBytes(32);
      expect(await message(importInto(KeyId, secret, { ExpirationModel: undefined }))).toBe(
        'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
      );
      expect(await described(KeyId)).not.toHaveProperty('CurrentKeyMaterialId');
      expect(await importInto(KeyId, secret)).toBe((await described(KeyId)).CurrentKeyMaterialId);
    });

    it('is still named when it is deleted, without an expiration model', async () => {
      const KeyId = await create({ Origin: 'EXTERNAL' });
      const CurrentKeyMaterialId = await importInto(KeyId, randomBytes(32));
      await kms.send(new DeleteImportedKeyMaterialCommand({ KeyId }));
      const metadata = await described(KeyId);
      expect(metadata).toMatchObject({ KeyState: 'PendingImport', CurrentKeyMaterialId });
      expect(metadata).not.toHaveProperty('ExpirationModel');
    });

    it('waits alone for a rotation', async () => {
      const KeyId = await create({ Origin: 'EXTERNAL' });
      await importInto(KeyId, randomBytes(32));
      expect(await message(kms.send(new RotateKeyOnDemandCommand({ KeyId })))).toBe(
        `No available key material pending rotation for the key: ${KeyId}.`,
      );
      const pending = await importInto(KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
      expect(await message(importInto(KeyId, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' }))).toMatch(
        new RegExp(
          `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${KeyId}, because another key material \\(id: ${pending}\\) is pending rotation\\.$`,
        ),
      );
    });
  });

  describe('what it is for', () => {
    it('is asked after which key made a ciphertext, by Decrypt and by ReEncrypt', async () => {
      const [KeyId, signing] = [
        await create(),
        await create({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }),
      ];
      const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') }));
      const calls = [
        kms.send(new DecryptCommand({ CiphertextBlob, KeyId: signing })),
        kms.send(new ReEncryptCommand({ CiphertextBlob, SourceKeyId: signing, DestinationKeyId: signing })),
      ];
      expect(await Promise.all(calls.map(errorName))).toEqual([
        'IncorrectKeyException',
        'IncorrectKeyException',
      ]);
    });

    it('shows in the algorithms that it names', async () => {
      const key = await create({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
      const { SigningAlgorithms, EncryptionAlgorithms } = await described(key);
      expect([SigningAlgorithms?.length, EncryptionAlgorithms]).toEqual([6, undefined]);
      const agreeing = await create({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' });
      expect((await described(agreeing)).KeyAgreementAlgorithms).toEqual(['ECDH']);
    });
  });
});
