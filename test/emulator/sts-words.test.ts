import { embedded, type Embedded } from '../support/embedded.ts';
import { queryCall } from '../support/raw-call.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Reader`;
const constraint = (what: string): string => `1 validation error detected: Value ${what}`;

describe('the words of STS on loopback', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    const Statement = [
      { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { AWS: ACCOUNT } },
    ];
    aws.aws.iam.identities.create(ROLE, { trust: { Version: '2012-10-17', Statement } });
  });
  afterAll(() => aws.stop());

  const assume = (more: Readonly<Record<string, string>>): Promise<string> =>
    queryCall(
      { endpoint: aws.endpoint, service: 'sts' },
      { Action: 'AssumeRole', RoleArn: ROLE, RoleSessionName: 'session', ...more },
    );
  const inXml = (answer: string, name: string): string =>
    new RegExp(`<${name}>(.*?)</${name}>`).exec(answer)?.[1] ?? '';
  const errorOf = async (more: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await assume(more);
    return `${inXml(answer, 'Code')}: ${inXml(answer, 'Message')}`;
  };

  it.each([
    'nothing-valid-in-here',
    'arn::b:::something/test-role',
    'arn:a::::something/test-role',
    'arn:a:::something/test-role',
    'arn:a:a::aaaaaaaaaa:',
  ])('say that %s is no ARN', async RoleArn => {
    expect(await errorOf({ RoleArn })).toBe(`ValidationError: ${RoleArn} is invalid`);
  });

  it.each([
    [
      { RoleSessionName: 'Session1:2' },
      "'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      { RoleSessionName: 'S' },
      "'S' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      { RoleArn: 'arn:aws:iam' },
      "'arn:aws:iam' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    ],
    [
      { DurationSeconds: '899' },
      "'899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    ],
  ] as const)('name the parameter that breaks a bound: %j', async (input, words) => {
    expect(await errorOf(input)).toBe(`ValidationError: ${constraint(words)}`);
  });

  it('tell tags that differ in case only, and transitive ones that are none', async () => {
    const team = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'orders' };
    expect(await errorOf({ ...team, 'Tags.member.2.Key': 'Team', 'Tags.member.2.Value': 'x' })).toBe(
      'InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
    expect(await errorOf({ ...team, 'TransitiveTagKeys.member.1': 'cost' })).toBe(
      'InvalidParameterValue: The specified transitive tag key must be included in the requested tags.',
    );
    expect(await assume({ ...team, 'TransitiveTagKeys.member.1': 'team' })).toContain('<Credentials>');
  });

  it('call a role by one unique id, in every session', async () => {
    const ids = [await assume({}), await assume({})].map(answer => inXml(answer, 'AssumedRoleId'));
    expect(ids[0]).toMatch(/^AROA[A-Z2-7]{17}:session$/);
    expect(ids[1]).toBe(ids[0]);
    const answer = await assume({});
    const credentials = {
      ...{ accessKeyId: inXml(answer, 'AccessKeyId'), secretAccessKey: 'any', sessionToken: 'any' },
    };
    const who = (as: object) =>
      queryCall({ endpoint: aws.endpoint, service: 'sts', ...as }, { Action: 'GetCallerIdentity' });
    expect(inXml(await who({ credentials }), 'UserId')).toBe(ids[0]);
    expect(inXml(await who({}), 'UserId')).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });
});
