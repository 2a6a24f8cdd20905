import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStackEventsCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { changeStack } from '../support/change-stack.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { parameterValue } from '../support/raw-call.ts';

const ACCOUNT = '111122223333';
const arnOf = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource = '*') => ({ Effect: 'Allow', Action, Resource });
const trust = (Service: string) =>
  policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } });
const parameter = (Name: string, Value = 'v') => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Type: 'String', Value },
});

/** Who may deploy what: the caller, and the role that the caller passes to CloudFormation. */
describe('CloudFormation on loopback asks IAM', () => {
  let aws: Embedded;
  let users = 0;
  const made: CloudFormationClient[] = [];
  const role = (name: string, ...statements: readonly object[]): string => {
    aws.aws.iam.identities.create(arnOf(name), { trust: trust('cloudformation.amazonaws.com') });
    aws.aws.iam.identities.putInline(arnOf(name), 'Own', policy(...statements));
    return arnOf(name);
  };
  const clientWith = (...statements: readonly object[]): CloudFormationClient => {
    const credentials = aws.aws.createUser(`user-${++users}`, [policy(...statements)]);
    const client = new CloudFormationClient({
      endpoint: aws.endpoint,
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });
    made.push(client);
    return client;
  };
  const reasons = async (client: CloudFormationClient, StackName: string): Promise<string> => {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.map(({ ResourceStatusReason = '' }) => ResourceStatusReason).join('\n');
  };

  beforeAll(async () => {
    aws = await embedded();
  });
  afterAll(async () => {
    for (const client of made) client.destroy();
    await aws.stop();
  });

  it('whether the caller may make what a template has, if no role is passed', async () => {
    const client = clientWith(
      allow('cloudformation:*'),
      allow('ssm:PutParameter', `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/mine`),
    );
    expect(
      (await changeStack(client, 'Own', { Resources: { A: parameter('mine') } })).stack.StackStatus,
    ).toBe('CREATE_COMPLETE');
    const { stack } = await changeStack(client, 'NotOwn', { Resources: { A: parameter('yours') } });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await reasons(client, 'NotOwn')).toContain(
      'not authorized to perform: ssm:PutParameter on resource',
    );
  });

  it('whether the caller may pass the role, and whether the role trusts CloudFormation', async () => {
    const RoleARN = role('Executor', allow('ssm:*'));
    const template = { Resources: { A: parameter('by-role') } };
    const change = (client: CloudFormationClient, arn: string) =>
      changeStack(client, 'ByRole', template, { RoleARN: arn });
    await expect(change(clientWith(allow('cloudformation:*')), RoleARN)).rejects.toThrow('iam:PassRole');
    const deployer = clientWith(allow('cloudformation:*'), allow('iam:PassRole'));
    aws.aws.iam.identities.create(arnOf('Other'), { trust: trust('lambda.amazonaws.com') });
    await expect(change(deployer, arnOf('Other'))).rejects.toThrow('is invalid or cannot be assumed');
    expect((await change(deployer, RoleARN)).stack).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      RoleARN,
    });
  });

  it('what the role may do from then on, which stays with the stack', async () => {
    const client = clientWith(allow('cloudformation:*'));
    const { stack } = await changeStack(client, 'ByRole', {
      Resources: { A: parameter('by-role', 'changed') },
    });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    const bucket = { B: { Type: 'AWS::S3::Bucket' } };
    const failed = await changeStack(client, 'ByRole', { Resources: { A: parameter('by-role'), ...bucket } });
    expect(failed.stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await reasons(client, 'ByRole')).toMatch(/assumed-role\/Executor.*s3:CreateBucket/);
    expect(await parameterValue(aws.endpoint, 'by-role')).toBe('changed');
  });

  it('for the word of the caller on roles and their names', async () => {
    const client = clientWith(allow('*'));
    const template = (Properties: object) => ({
      Resources: {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com'), ...Properties },
        },
      },
    });
    const change = (
      properties: object,
      ...Capabilities: readonly ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM')[]
    ) => changeStack(client, 'Roles', template(properties), { Capabilities: [...Capabilities] });
    await expect(change({})).rejects.toThrow('Requires capabilities : [CAPABILITY_IAM]');
    await expect(change({ RoleName: 'Mine' }, 'CAPABILITY_IAM')).rejects.toThrow('[CAPABILITY_NAMED_IAM]');
    expect((await change({}, 'CAPABILITY_IAM')).stack.StackStatus).toBe('CREATE_COMPLETE');
  });

  it('whether the caller may read the template from S3', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'templates' }));
    const Body = JSON.stringify({ Resources: { A: parameter('from-s3') } });
    await aws.s3.send(new PutObjectCommand({ Bucket: 'templates', Key: 'a/b.json', Body }));
    const send = (client: CloudFormationClient) =>
      client.send(
        new CreateChangeSetCommand({
          ...{ StackName: 'FromS3', ChangeSetName: 'one', ChangeSetType: 'CREATE' },
          TemplateURL: `${aws.endpoint}/templates/a/b.json`,
        }),
      );
    await expect(send(clientWith(allow('cloudformation:*')))).rejects.toThrow('S3 error');
    await send(clientWith(allow('cloudformation:*'), allow('s3:GetObject', 'arn:aws:s3:::templates/a/*')));
  });
});
