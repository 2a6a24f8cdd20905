import fc from 'fast-check';

/** A question to IAM, with all policies that answer it. */
export interface IamCase {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccountId: string;
  readonly context: Readonly<Record<string, string | string[]>>;
  readonly identity: readonly object[];
  readonly boundary: object | undefined;
  readonly resourcePolicy: object | undefined;
}

const ACCOUNTS = ['111122223333', '444455556666'];
const ROLE = `arn:aws:iam::${ACCOUNTS[0]}:role/worker`;
const USER = `arn:aws:iam::${ACCOUNTS[0]}:user/anna`;
const KEY = 'arn:aws:kms:us-east-1:ACCOUNT:key/11111111-1111-1111-1111-111111111111';

/** What is asked, and what policies may say about it: near misses and matches are about as frequent. */
const AREAS = [
  {
    actions: ['s3:GetObject', 's3:PutObject'],
    patterns: ['s3:GetObject', 's3:Get*', 's3:?etObject', 's3:*', '*', 's3:putobject', 's3:GetObjectTagging'],
    resources: ['arn:aws:s3:::documents/a/b.txt', 'arn:aws:s3:::documents/anna/$', 'arn:aws:s3:::other/a'],
    named: [
      'arn:aws:s3:::documents/*',
      'arn:aws:s3:::documents/a/?.txt',
      'arn:aws:s3:::documents/${aws:username}/*',
      'arn:aws:s3:::documents/anna/${$}',
      "arn:aws:s3:::documents/${aws:PrincipalTag/team, 'a'}/*",
      'arn:aws:s3:::other/A',
      '*',
    ],
  },
  {
    actions: ['kms:Decrypt', 'kms:ReEncryptFrom'],
    patterns: ['kms:Decrypt', 'kms:ReEncrypt*', 'kms:*', 'kms:decrypt', '*', 'kms:Encrypt'],
    resources: [KEY],
    named: [
      '*',
      KEY,
      'arn:aws:kms:*:ACCOUNT:key/*',
      'arn:aws:kms:us-east-1:ACCOUNT:key/1*',
      'arn:aws:kms:eu-west-1:*:key/*',
    ],
  },
] as const;

const CONDITIONS: readonly (readonly [string, string, string | readonly string[]])[] = [
  ['StringEquals', 'aws:PrincipalTag/team', ['a', 'b']],
  ['StringNotEquals', 'aws:PrincipalTag/team', 'a'],
  ['StringLike', 'aws:PrincipalTag/team', 'a*'],
  ['StringNotLike', 'aws:PrincipalTag/team', ['a*', 'c']],
  ['StringEqualsIgnoreCase', 'aws:PrincipalTag/team', 'AB'],
  ['StringEqualsIfExists', 'aws:PrincipalTag/team', 'b'],
  ['StringLikeIfExists', 'aws:PrincipalTag/team', '?'],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/w*'],
  ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/*'],
  ['Bool', 'aws:SecureTransport', 'false'],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true'],
  ['Null', 'aws:PrincipalTag/team', 'true'],
  ['Null', 'aws:PrincipalTag/team', 'false'],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', '300'],
  ['NumericGreaterThanEquals', 'aws:MultiFactorAuthAge', '60'],
  ['DateGreaterThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z'],
  ['DateLessThan', 'aws:CurrentTime', '2026-01-01T00:00:00Z'],
  ['IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '192.0.2.1/32']],
  ['NotIpAddress', 'aws:SourceIp', '10.0.0.0/8'],
  ['ForAnyValue:StringEquals', 'aws:CalledVia', ['x', 'y']],
  ['ForAllValues:StringLike', 'aws:CalledVia', ['x*']],
  ['ForAllValues:StringEquals', 'aws:CalledVia', ['x', 'y']],
];

const PRINCIPALS = [
  '*',
  { AWS: '*' },
  { AWS: ROLE },
  { AWS: [USER, ROLE] },
  { AWS: `arn:aws:iam::${ACCOUNTS[0]}:root` },
  { AWS: ACCOUNTS[1] },
  { Service: 'lambda.amazonaws.com' },
];

type Area = (typeof AREAS)[number];

const document = (statements: readonly object[]): object => ({
  Version: '2012-10-17',
  Statement: statements,
});

function statement({ patterns, named }: Area, principals: boolean): fc.Arbitrary<object> {
  const some = (values: readonly string[]): fc.Arbitrary<string[]> =>
    fc.subarray([...values], { minLength: 1, maxLength: 2 });
  return fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      actions: some(patterns),
      notAction: fc.nat(9).map(roll => roll === 0),
      resources: some(named),
      // What a variable without a value means for NotResource is not documented.
      notResource: fc.nat(9).map(roll => roll === 0),
      conditions: fc.subarray([...CONDITIONS], { maxLength: 2 }),
      Principal: fc.constantFrom(...PRINCIPALS),
    })
    .map(({ Effect, actions, notAction, resources, notResource, conditions, Principal }) => ({
      Effect,
      [notAction ? 'NotAction' : 'Action']: actions,
      [notResource && !resources.some(name => name.includes('${aws:')) ? 'NotResource' : 'Resource']:
        resources,
      ...(principals && { Principal }),
      ...(conditions.length > 0 && { Condition: merged(conditions) }),
    }));
}

function merged(conditions: readonly (readonly [string, string, unknown])[]): object {
  const operators: Record<string, Record<string, unknown>> = {};
  for (const [operator, key, values] of conditions) (operators[operator] ??= {})[key] = values;
  return operators;
}

const context = fc.record(
  {
    'aws:PrincipalTag/team': fc.constantFrom('a', 'ab', 'b', 'c'),
    'aws:MultiFactorAuthPresent': fc.constantFrom('true', 'false'),
    'aws:MultiFactorAuthAge': fc.constantFrom('30', '60', '299', '300'),
    'aws:CurrentTime': fc.constantFrom('2025-12-31T23:59:59Z', '2026-11-27T00:00:00Z'),
    'aws:SourceIp': fc.constantFrom('10.1.2.3', '192.0.2.1', '203.0.113.7'),
    'aws:CalledVia': fc.subarray(['x', 'y', 'xy', 'z'], { minLength: 1 }),
  },
  { requiredKeys: [] },
);

/** Random questions. `ACCOUNT` in policies stands for the resource's account. */
export const iamCase: fc.Arbitrary<IamCase> = fc.constantFrom<Area>(...AREAS).chain(area => {
  const policy = (principals: boolean): fc.Arbitrary<object> =>
    fc.array(statement(area, principals), { minLength: 1, maxLength: 3 }).map(document);
  return fc
    .record({
      principal: fc.constantFrom(ROLE, USER),
      action: fc.constantFrom<string>(...area.actions),
      resource: fc.constantFrom<string>(...area.resources),
      resourceAccountId: fc.constantFrom('111122223333', '111122223333', '444455556666'),
      context,
      identity: fc.array(policy(false), { maxLength: 2 }),
      boundary: fc.option(policy(false), { nil: undefined, freq: 3 }),
      // A key always has a policy.
      resourcePolicy: area === AREAS[1] ? policy(true) : fc.option(policy(true), { nil: undefined }),
    })
    .map(made => ({
      ...(JSON.parse(JSON.stringify(made).replaceAll('ACCOUNT', made.resourceAccountId)) as IamCase),
      context: {
        ...made.context,
        'aws:PrincipalArn': made.principal,
        'aws:SecureTransport': 'true',
        ...(made.principal === USER && { 'aws:username': 'anna' }),
      },
    }));
});
