import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyRotationCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateRandomCommand,
  GetParametersForImportCommand,
  ListKeysCommand,
  ReEncryptCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  type CreateKeyCommandInput,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { embedded, type Embedded } from '../support/embedded.ts';

const UNKNOWN = '134f2428-cec1-4b25-a1ae-9048164dba47';
const REGION = 'arn:aws:kms:us-east-1:111122223333';

/** Name and message of an error, as clients show it. */
async function wordsOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'no error',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );
}

describe('the words of errors of KMS on loopback', () => {
  let aws: Embedded;
  let kms: KMSClient;
  beforeAll(async () => {
    aws = await embedded();
    kms = aws.kms;
  });
  afterAll(() => aws.stop());

  const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
    (await kms.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;

  it.each([
    ['fake-key-id', "Invalid keyId 'fake-key-id'"],
    [UNKNOWN.replaceAll('-', ''), `Invalid keyId '${UNKNOWN.replaceAll('-', '')}'`],
    ['mrk-fake-key-id', "Invalid keyId 'mrk-fake-key-id'"],
    [UNKNOWN, `Key '${REGION}:key/${UNKNOWN}' does not exist`],
    [`${REGION}:key/${UNKNOWN}`, `Key '${REGION}:key/${UNKNOWN}' does not exist`],
    [
      'mrk-d3b95762d3b95762d3b95762d3b95762',
      `Key '${REGION}:key/mrk-d3b95762d3b95762d3b95762d3b95762' does not exist`,
    ],
    [`arn:aws:kms:eu-west-1:111122223333:key/${UNKNOWN}`, 'Invalid arn eu-west-1'],
    ['alias/none', `Alias ${REGION}:alias/none is not found.`],
  ])('tell what is wrong with the key id %s', async (KeyId, message) => {
    expect(await wordsOf(kms.send(new DescribeKeyCommand({ KeyId })))).toBe(`NotFoundException: ${message}`);
  });

  it('name the parameter, its value and the bound that it breaks', async () => {
    const KeyId = await create();
    const invalid = (what: string): string =>
      `ValidationException: 1 validation error detected: Value ${what}`;
    const random = (NumberOfBytes: number) => wordsOf(kms.send(new GenerateRandomCommand({ NumberOfBytes })));
    const dataKey = (NumberOfBytes: number) =>
      wordsOf(kms.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes })));
    const [least, most] = [
      invalid(
        "'0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
      invalid(
        "'1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      ),
    ];
    expect([await random(0), await random(1025)]).toEqual([least, most]);
    expect([await dataKey(0), await dataKey(1025)]).toEqual([least, most]);
    expect(await wordsOf(kms.send(new GenerateRandomCommand({})))).toBe(
      'ValidationException: NumberOfBytes is required.',
    );
    expect(await wordsOf(kms.send(new ListKeysCommand({ Limit: 1001 })))).toBe(
      invalid(
        "'1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
      ),
    );
    expect(await wordsOf(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 0 })))).toBe(
      invalid(
        "'0' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    );
    expect(await wordsOf(kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: 89 })))).toBe(
      invalid(
        "'89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90",
      ),
    );
  });

  it('show a value that is none of an enumeration as it was sent', async () => {
    const input = {
      KeySpec: 'HMAC_random',
      KeyUsage: 'GENERATE_VERIFY_MAC',
    } as unknown as CreateKeyCommandInput;
    expect(await wordsOf(create(input))).toMatch(
      /^ValidationException: 1 validation error detected: Value 'HMAC_random' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: \[/,
    );
  });

  it('ask for the usage of every key that is not symmetric', async () => {
    expect(await wordsOf(create({ KeySpec: 'RSA_2048' }))).toBe(
      'ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    );
    expect(await wordsOf(create({ KeySpec: 'RSA_2048', KeyUsage: 'KEY_AGREEMENT' }))).toBe(
      'ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048',
    );
    expect(await wordsOf(create({ KeyUsage: 'SIGN_VERIFY' }))).toBe(
      'ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT',
    );
  });

  it('ask for the prefix of an alias', async () => {
    const alias = new CreateAliasCommand({ AliasName: 'orders', TargetKeyId: await create() });
    expect(await wordsOf(kms.send(alias))).toBe(
      'ValidationException: Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    );
  });

  it('name the operation ReEncrypt, whichever side a key is of no use to', async () => {
    const [source, signing] = [
      await create(),
      await create({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    ];
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: source, Plaintext: Buffer.from('x') }),
    );
    expect(await wordsOf(kms.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: signing })))).toBe(
      `InvalidKeyUsageException: ${signing} key usage is SIGN_VERIFY which is not valid for ReEncrypt.`,
    );
  });

  it('tell why a key cannot be rotated, its state before its kind', async () => {
    const rsa = await create({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    const rotate = (KeyId: string) => wordsOf(kms.send(new RotateKeyOnDemandCommand({ KeyId })));
    expect(await rotate(rsa)).toBe('UnsupportedOperationException: UnknownError');
    await kms.send(new DisableKeyCommand({ KeyId: rsa }));
    expect(await rotate(rsa)).toBe(`DisabledException: ${rsa} is disabled.`);
    const external = await create({ Origin: 'EXTERNAL' });
    expect(await rotate(external)).toBe(`KMSInvalidStateException: ${external} is pending import.`);
    const full = await create();
    for (let done = 0; done < 25; done += 1) expect(await rotate(full)).toBe('no error');
    expect(await rotate(full)).toBe(
      `LimitExceededException: The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${full}`,
    );
  });

  it('name the origin that material cannot be imported to', async () => {
    const KeyId = await create();
    const parameters = new GetParametersForImportCommand({
      ...{ KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
    });
    expect(await wordsOf(kms.send(parameters))).toBe(
      `UnsupportedOperationException: ${KeyId} origin is AWS_KMS which is not valid for this operation.`,
    );
  });
});
