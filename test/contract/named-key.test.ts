import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { namedKey } from '../../lambda/adapters/kms/named-key.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

let aws: Embedded;
let keyArn: string;
beforeAll(async () => {
  aws = await embedded();
  const client = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  keyArn = KeyMetadata?.Arn ?? '';
  await client.send(new CreateAliasCommand({ AliasName: 'alias/orders-2025', TargetKeyId: keyArn }));
  client.destroy();
});
afterAll(() => aws.stop());

describe('a key that is named without its ARN', () => {
  const inEurope = (name: string): ReturnType<typeof namedKey> =>
    namedKey(name, { endpoint: aws.endpoint, region: 'eu-west-1' });

  it('is found by its alias', async () =>
    expect(await inEurope('alias/orders-2025')).toEqual({ kind: 'key', keyArn }));

  it('is found by its id', async () =>
    expect(await inEurope(keyArn.split('/')[1] ?? '')).toEqual({ kind: 'key', keyArn }));

  it('is missing if there is none of that name', async () =>
    expect(await inEurope('alias/orders-2024')).toEqual({ kind: 'missing' }));

  it('is missing in another Region', async () =>
    expect(await namedKey('alias/orders-2025', { endpoint: aws.endpoint, region: 'us-east-1' })).toEqual({
      kind: 'missing',
    }));

  it.each(['orders-2025', 'alias/', 'arn:aws:s3:::bucket', '', 'alias/a b'])(
    'is not meant by %p',
    async name => expect(await inEurope(name)).toEqual({ kind: 'no-name' }),
  );
});
