import {
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';

const ALLOW = { Effect: 'Allow', Action: 'kms:*', Resource: '*' };
const NOT_ON_SAME_KEY = {
  ...{ Effect: 'Deny', Action: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'], Resource: '*' },
  Condition: { Bool: { 'kms:ReEncryptOnSameKey': 'true' } },
};

describe('kms:ReEncryptOnSameKey', () => {
  let aws: Embedded;
  let denied: KMSClient;
  let [first, second] = ['', ''];

  beforeAll(async () => {
    aws = await embedded();
    [first, second] = [await createKey(aws.kms), await createKey(aws.kms)];
    const credentials = aws.aws.createUser('no-rotation', [
      { Version: '2012-10-17', Statement: [ALLOW, NOT_ON_SAME_KEY] },
    ]);
    denied = new KMSClient({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
  });
  afterAll(async () => {
    denied.destroy();
    await aws.stop();
  });

  const end = async (more: {
    readonly SourceKeyId?: string;
    readonly DestinationKeyId: string;
  }): Promise<string> => {
    const made = await aws.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: first, KeySpec: 'AES_256' }),
    );
    return errorName(denied.send(new ReEncryptCommand({ CiphertextBlob: made.CiphertextBlob, ...more })));
  };

  it('is true from a key to itself, whether the request names the source or not', async () => {
    expect(await end({ SourceKeyId: first, DestinationKeyId: first })).toBe('AccessDeniedException');
    expect(await end({ DestinationKeyId: first })).toBe('AccessDeniedException');
  });

  it('is false to another key', async () => {
    expect(await end({ SourceKeyId: first, DestinationKeyId: second })).toBe('none');
    expect(await end({ DestinationKeyId: second })).toBe('none');
  });

  it('is of no other operation', async () => {
    expect(await errorName(denied.send(new CreateKeyCommand({})))).toBe('none');
    const generate = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: first, KeySpec: 'AES_256' });
    expect(await errorName(denied.send(generate))).toBe('none');
  });

  it('hides nothing of a source that is not there', async () => {
    const missing = first.replace(/[^/]*$/, '00000000-0000-0000-0000-000000000000');
    expect(await end({ SourceKeyId: missing, DestinationKeyId: second })).toBe('NotFoundException');
  });
});
