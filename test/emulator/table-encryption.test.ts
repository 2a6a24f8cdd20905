import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTableCommand,
  type SSESpecification,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { changeStack } from '../support/change-stack.ts';
import { createKey, embedded, errorName, type Embedded } from '../support/embedded.ts';

const TableName = 'Table';
const KEYS = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
} as const;
const Item = { id: { S: 'x' }, text: { S: 'as before' } };
const THROUGH = { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };
/** What DynamoDB needs of whoever gives a table a key (Developer Guide, "Key policy for a customer managed key"). */
const NEEDED = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

describe('the encryption of a table on loopback', () => {
  const made: { destroy(): void }[] = [];
  let aws: Embedded;
  let key: string;
  let users = 0;

  beforeEach(async () => {
    aws = await embedded();
    key = await createKey(aws.kms);
  });
  afterEach(async () => {
    for (const client of made.splice(0)) client.destroy();
    await aws.stop();
  });

  const allowed = (Action: string | readonly string[], more: object = {}) => ({
    ...{ Effect: 'Allow', Action, Resource: '*' },
    ...more,
  });
  const configWith = (...Statement: readonly object[]) => ({
    ...{ endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 },
    credentials: aws.aws.createUser(`user-${++users}`, [{ Version: '2012-10-17', Statement }]),
  });
  const userWith = (...statements: readonly object[]): DynamoDBClient => {
    const client = new DynamoDBClient(configWith(...statements));
    made.push(client);
    return client;
  };
  const create = (SSESpecification?: SSESpecification, client = aws.dynamodb) =>
    client.send(
      new CreateTableCommand({
        ...{ TableName, ...KEYS },
        KeySchema: [...KEYS.KeySchema],
        AttributeDefinitions: [...KEYS.AttributeDefinitions],
        ...(SSESpecification !== undefined && { SSESpecification }),
      }),
    );
  const under = (KMSMasterKeyId: string): SSESpecification => ({
    ...{ Enabled: true, SSEType: 'KMS', KMSMasterKeyId },
  });
  const update = (SSESpecification: SSESpecification, client = aws.dynamodb) =>
    client.send(new UpdateTableCommand({ TableName, SSESpecification }));
  const shown = ({ TableStatus, SSEDescription }: TableDescription = {}) => [TableStatus, SSEDescription];
  const described = async () =>
    shown((await aws.dynamodb.send(new DescribeTableCommand({ TableName }))).Table);
  /** Until it is over: the first description still shows it. */
  const updated = async (to: SSESpecification): Promise<void> => {
    await update(to);
    await described();
  };
  const get = (client = aws.dynamodb) => client.send(new GetItemCommand({ TableName, Key: { id: Item.id } }));
  const enabled = (KMSMasterKeyArn: string) => [
    'ACTIVE',
    { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn },
  ];

  it('is described where KMS has the key, and not where DynamoDB has it', async () => {
    expect(shown((await create(under(key.split('/')[1]!))).TableDescription)[1]).toEqual(enabled(key)[1]);
    expect(await described()).toEqual(enabled(key));
    await aws.dynamodb.send(new DeleteTableCommand({ TableName }));
    await create();
    expect(await described()).toEqual(['ACTIVE', undefined]);
  });

  it('changes while the table is UPDATING, and its items stay', async () => {
    await create();
    await aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
    const updating = ['UPDATING', { Status: 'UPDATING', SSEType: 'KMS' }];
    expect(shown((await update(under(key))).TableDescription)).toEqual(updating);
    expect((await get()).Item).toEqual(Item);
    expect(await errorName(update({ Enabled: false }))).toBe('ResourceInUseException');
    expect(await errorName(aws.dynamodb.send(new DeleteTableCommand({ TableName })))).toBe(
      'ResourceInUseException',
    );
    expect(await described()).toEqual(updating);
    expect(await described()).toEqual(enabled(key));
    expect((await get()).Item).toEqual(Item);
  });

  it('shows the key that it leaves until the change is over, and goes back to a key of DynamoDB', async () => {
    const other = await createKey(aws.kms);
    await create(under(key));
    expect(shown((await update(under(other))).TableDescription)[1]).toMatchObject({ KMSMasterKeyArn: key });
    await described();
    expect(await described()).toEqual(enabled(other));
    await updated({ Enabled: false });
    expect(await described()).toEqual(['ACTIVE', undefined]);
  });

  it('is left by a change to what it is, to a key that is not here, and of a table that is not there', async () => {
    expect(await errorName(update(under(key)))).toBe('ResourceNotFoundException');
    await create(under(key));
    expect(await errorName(update(under(key)))).toBe('ValidationException');
    expect(await errorName(update(under(key.replace('us-east-1', 'eu-west-1'))))).toBe('NotFoundException');
    expect(await described()).toEqual(enabled(key));
  });

  it('asks whoever reads or writes for the new key from then on, and for both meanwhile', async () => {
    const other = await createKey(aws.kms);
    await create(under(key));
    const users = [[key], [other], [key, other]].map(keys =>
      userWith(allowed('dynamodb:GetItem'), allowed('kms:Decrypt', { Resource: keys, Condition: THROUGH })),
    );
    const answers = () => Promise.all(users.map(user => errorName(get(user))));
    const [no, yes] = ['AccessDeniedException', 'none'];
    expect(await answers()).toEqual([yes, no, yes]);
    await update(under(other));
    expect(await answers()).toEqual([no, no, yes]);
    await described();
    expect(await answers()).toEqual([no, yes, yes]);
  });

  it('takes all that DynamoDB needs of the key from whoever chooses it', async () => {
    await create();
    const chooser = (actions: readonly string[]) =>
      userWith(allowed('dynamodb:*'), allowed(actions, { Condition: THROUGH }));
    for (const missing of NEEDED) {
      const user = chooser(NEEDED.filter(action => action !== missing));
      expect([missing, await errorName(update(under(key), user))]).toEqual([
        missing,
        'AccessDeniedException',
      ]);
      const other = user.send(
        new CreateTableCommand({
          ...{ TableName: 'Other', ...KEYS, SSESpecification: under(key) },
          KeySchema: [...KEYS.KeySchema],
          AttributeDefinitions: [...KEYS.AttributeDefinitions],
        }),
      );
      expect([missing, await errorName(other)]).toEqual([missing, 'AccessDeniedException']);
    }
    expect(await errorName(update(under(key), chooser(NEEDED)))).toBe('none');
  });

  describe('by CloudFormation', () => {
    const template = (Properties: object = {}) => ({
      Resources: { T: { Type: 'AWS::DynamoDB::Table', Properties: { TableName, ...KEYS, ...Properties } } },
    });
    const sealed = () =>
      template({ SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } });
    const cloudFormation = (...statements: readonly object[]): CloudFormationClient => {
      const client = new CloudFormationClient(configWith(...statements));
      made.push(client);
      return client;
    };

    it('changes without a new table, is over when the stack is updated, and goes back', async () => {
      const client = cloudFormation(allowed('*'));
      await changeStack(client, 'Stack', template());
      await aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
      expect(await changeStack(client, 'Stack', sealed())).toMatchObject({
        changes: ['Modify T'],
        stack: { StackStatus: 'UPDATE_COMPLETE' },
      });
      expect(await described()).toEqual(enabled(key));
      await changeStack(client, 'Stack', template());
      expect(await described()).toEqual(['ACTIVE', undefined]);
      expect((await get()).Item).toEqual(Item);
    });

    it('does not change where the template only says what was left unsaid', async () => {
      const client = cloudFormation(allowed('*'));
      await changeStack(client, 'Stack', template());
      const said = template({ SSESpecification: { SSEEnabled: false } });
      expect((await changeStack(client, 'Stack', said)).stack.StackStatus).toBe('UPDATE_COMPLETE');
    });

    it('is taken back with an update that fails', async () => {
      const client = cloudFormation(allowed('*'));
      await changeStack(client, 'Stack', template());
      const { Resources } = sealed();
      const bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'taken' } };
      await changeStack(client, 'Other', { Resources: { B: bucket } });
      const { stack } = await changeStack(client, 'Stack', {
        Resources: { ...Resources, Fails: { ...bucket, DependsOn: 'T' } },
      });
      expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(await described()).toEqual(['ACTIVE', undefined]);
    });

    it('asks whoever deploys for the key, and not for what a table without one does not need', async () => {
      const client = cloudFormation(allowed(['cloudformation:*', 'dynamodb:*']));
      await changeStack(client, 'Stack', template());
      const { stack } = await changeStack(client, 'Stack', sealed());
      expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'Stack' }));
      expect(StackEvents.map(one => one.ResourceStatusReason ?? '').join('\n')).toContain('kms:DescribeKey');
      expect(await described()).toEqual(['ACTIVE', undefined]);
    });
  });
});
