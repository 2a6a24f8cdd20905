import { embedded, type Embedded } from '../support/embedded.ts';
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
      `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/embedded`,
    );
  });

  it('is denied to others of the account that the role trusts', async () => {
    expect(await assume([])).toContain('<Code>AccessDenied</Code>');
    expect(await assume([statement(`${ROLE}2`)])).toContain('<Code>AccessDenied</Code>');
  });

  it('is denied where a condition of the trust policy is not met', async () => {
    expect(await assume([statement(ROLE)], { ExternalId: 'x' })).toContain('<Code>AccessDenied</Code>');
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
