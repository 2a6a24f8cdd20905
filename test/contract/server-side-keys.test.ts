import { CreateTableCommand, type SSESpecification } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutBucketEncryptionCommand } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { catalogOf, kindOf } from '../../lambda/core/stores/registry.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';

describe('the keys that a service itself encrypts with', () => {
  let aws: Embedded;
  let key: string;
  beforeAll(async () => {
    aws = await embedded();
    key = await createKey(aws.kms);
  });
  afterAll(() => aws.stop());

  const keysOf = (type: 'dynamodb' | 's3', name: string) => {
    const catalogs = storeCatalogs(new AwsClients({ endpoint: aws.endpoint }));
    return kindOf({ type }).serverSideKeys(
      { type, region: 'us-east-1', name },
      catalogOf(catalogs, { type }),
    );
  };
  const table = (TableName: string, more: { SSESpecification?: SSESpecification } = {}) =>
    aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        ...more,
      }),
    );

  it('are told by a table that has one', async () => {
    await table('Plain');
    await table('Sealed', { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key } });
    expect(await keysOf('dynamodb', 'Plain')).toEqual({ kind: 'seen', value: [] });
    expect(await keysOf('dynamodb', 'Sealed')).toEqual({ kind: 'seen', value: [key] });
    expect(await keysOf('dynamodb', 'Missing')).toEqual({ kind: 'seen', value: [] });
  });

  it('are told by a bucket that gives one to new objects, as it names it', async () => {
    const encrypt = async (Bucket: string, KMSMasterKeyID?: string): Promise<void> => {
      await aws.s3.send(new CreateBucketCommand({ Bucket }));
      const byDefault = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID } as const;
      await aws.s3.send(
        new PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: byDefault }] },
        }),
      );
    };
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'plain' }));
    await encrypt('aliased', 'alias/mine');
    await encrypt('managed');
    expect(await keysOf('s3', 'plain')).toEqual({ kind: 'seen', value: [] });
    expect(await keysOf('s3', 'aliased')).toEqual({ kind: 'seen', value: ['alias/mine'] });
    expect(await keysOf('s3', 'managed')).toEqual({ kind: 'seen', value: [] });
    expect(await keysOf('s3', 'missing')).toMatchObject({ kind: 'unseen' });
  });
});
