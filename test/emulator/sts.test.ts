import { DeleteTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { queryCall } from '../support/raw-call.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Deployer`;
const statement = (Resource: string, Action = 'sts:AssumeRole') => ({ Effect: 'Allow', Action, Resource });
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

describe('AssumeRole', () => {
  let aws: Embedded;
  let users = 0;
  beforeAll(async () => {
    aws = await embedded();
    const trust = policy(
      {
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } },
        Condition: { Null: { 'sts:ExternalId': 'true' } },
      },
      { Effect: 'Allow', Action: 'sts:TagSession', Principal: { AWS: ACCOUNT } },
    );
    aws.aws.iam.identities.create(ROLE, { trust });
  });
  afterAll(() => aws.stop());

  const assume = (statements: readonly object[], more: Readonly<Record<string, string>> = {}) =>
    queryCall(
      {
        ...{ endpoint: aws.endpoint, service: 'sts' },
        credentials: aws.aws.createUser(
          `user-${++users}`,
          statements.length === 0 ? [] : [policy(...statements)],
        ),
      },
      { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 'session', ...more },
    );

  it('gives credentials of a role to whom role and own policies allow it', async () => {
    const answer = await assume([statement(ROLE)]);
    expect(answer).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/session`);
    const accessKeyId = /<AccessKeyId>(.*)<\/AccessKeyId>/.exec(answer)![1]!;
    const credentials = { accessKeyId, secretAccessKey: 'any', sessionToken: 'any' };
    const to = { endpoint: aws.endpoint, service: 'sts', credentials };
    expect(await queryCall(to, { Action: 'GetCallerIdentity' })).toContain(
      `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/session`,
    );
  });

  it('takes no session policy that is none, or larger than documented, and none that is managed', async () => {
    const assumed = (more: Readonly<Record<string, string>>) => assume([statement(ROLE)], more);
    expect(await assumed({ Policy: '{' })).toContain('<Code>MalformedPolicyDocument</Code>');
    const large = JSON.stringify(policy(statement('*'.repeat(2_048))));
    expect(await assumed({ Policy: large })).toContain('<Code>ValidationError</Code>');
    const managed = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
    expect(await assumed(managed)).toContain('<Code>NotImplemented</Code>');
  });

  it('gives credentials for a quarter of an hour to an hour', async () => {
    const lasting = (DurationSeconds: string) => assume([statement(ROLE)], { DurationSeconds });
    for (const seconds of ['899', '3601', 'x'])
      expect(await lasting(seconds)).toContain('<Code>ValidationError</Code>');
    for (const seconds of ['900', '3600']) expect(await lasting(seconds)).toContain('<Credentials>');
  });

  it('is denied to others of the account that the role trusts', async () => {
    expect(await assume([])).toContain('<Code>AccessDenied</Code>');
    expect(await assume([statement(`${ROLE}2`)])).toContain('<Code>AccessDenied</Code>');
  });

  it('is denied where a condition of the trust policy is not met', async () => {
    expect(await assume([statement(ROLE)], { ExternalId: 'unasked' })).toContain('<Code>AccessDenied</Code>');
  });

  it('needs a permission of its own for tags', async () => {
    const tags = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'orders' };
    expect(await assume([statement(ROLE)], tags)).toContain('sts:TagSession');
    expect(await assume([statement(ROLE), statement(ROLE, 'sts:TagSession')], tags)).toContain(
      '<Credentials>',
    );
  });

  it('says of a role that does not exist what it says of one that trusts nobody', async () => {
    expect(await assume([statement('*')], { RoleArn: `${ROLE}2` })).toContain('<Code>AccessDenied</Code>');
  });
});

describe('a session of a role', () => {
  let aws: Embedded;
  let now = Date.UTC(2026, 10, 28);
  const READER = `arn:aws:iam::${ACCOUNT}:role/Reader`;
  beforeAll(async () => {
    aws = await embedded({ now: () => now });
    const { identities } = aws.aws.iam;
    const trusted = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ACCOUNT } };
    identities.create(READER, { trust: policy(trusted) });
    identities.putInline(READER, 'All', policy(statement('*', 'dynamodb:*'), statement('*', 's3:*')));
  });
  afterAll(() => aws.stop());

  const assumed = async (Policy?: object) => {
    const answer = await queryCall(
      { endpoint: aws.endpoint, service: 'sts' },
      {
        ...{ Action: 'AssumeRole', RoleArn: READER, RoleSessionName: 'run-1' },
        ...(Policy !== undefined && { Policy: JSON.stringify(Policy) }),
      },
    );
    const value = (name: string) => new RegExp(`<${name}>(.*)</${name}>`).exec(answer)![1]!;
    const credentials = {
      accessKeyId: value('AccessKeyId'),
      secretAccessKey: value('SecretAccessKey'),
      sessionToken: value('SessionToken'),
    };
    const config = { endpoint: aws.endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
    return {
      dynamodb: new DynamoDBClient(config),
      s3: new S3Client(config),
      expiration: value('Expiration'),
    };
  };

  it('may do what both its policy and its role allow', async () => {
    const { dynamodb } = await assumed(
      policy(statement('*', 'dynamodb:ListTables'), statement('*', 'kms:*')),
    );
    expect(await errorName(dynamodb.send(new ListTablesCommand({})))).toBe('none');
    const refused = dynamodb.send(new DeleteTableCommand({ TableName: 'Notes' }));
    await expect(refused).rejects.toThrow(
      `assumed-role/Reader/run-1 is not authorized to perform: dynamodb:DeleteTable on resource: arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Notes because no session policy allows the dynamodb:DeleteTable action`,
    );
    const whole = await assumed();
    expect(await errorName(whole.dynamodb.send(new DeleteTableCommand({ TableName: 'Notes' })))).toBe(
      'ResourceNotFoundException',
    );
  });

  it('ends after an hour, in the words of each service', async () => {
    const { dynamodb, s3, expiration } = await assumed();
    expect(expiration).toBe(new Date(now + 3_600_000).toISOString());
    now += 3_600_000 - 1;
    expect(await errorName(dynamodb.send(new ListTablesCommand({})))).toBe('none');
    now += 1;
    expect(await errorName(dynamodb.send(new ListTablesCommand({})))).toBe('ExpiredTokenException');
    expect(await errorName(s3.send(new ListBucketsCommand({})))).toBe('ExpiredToken');
  });
});
