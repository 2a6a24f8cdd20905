import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

describe('the quota of KMS requests on loopback', () => {
  let now = Date.UTC(2026, 10, 27, 8);
  let aws: Embedded;
  let KeyId: string;
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
    KeyId = (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    aws.aws.kmsQuota.perSecond = 3;
  });
  afterAll(() => aws.stop());
  beforeEach(() => (now += 10_000));

  const encrypt = () => errorName(aws.kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('p') })));
  const all = async (count: number): Promise<readonly string[]> => {
    const names: string[] = [];
    for (let index = 0; index < count; index++) names.push(await encrypt());
    return names;
  };

  it('throttles all that a second has no more for, and none of the next second', async () => {
    const refused = ['ThrottlingException', 'ThrottlingException'];
    expect(await all(5)).toEqual(['none', 'none', 'none', ...refused]);
    now += 1_000;
    expect(await all(3)).toEqual(['none', 'none', 'none']);
  });

  it('is that of one Region', async () => {
    await all(3);
    const other = new KMSClient({ endpoint: aws.endpoint, region: 'eu-north-1', maxAttempts: 1 });
    const { KeyMetadata } = await other.send(new CreateKeyCommand({}));
    const call = new EncryptCommand({ KeyId: KeyMetadata?.Arn, Plaintext: Buffer.from('p') });
    expect(await errorName(other.send(call))).toBe('none');
    other.destroy();
  });

  it('is about cryptographic operations alone', async () => {
    await all(4);
    expect(await errorName(aws.kms.send(new DescribeKeyCommand({ KeyId })))).toBe('none');
  });
});
