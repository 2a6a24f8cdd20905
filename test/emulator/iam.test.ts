import {
  evaluate,
  type AuthorizationRequest,
  type Decision,
  type Policies,
} from '../../emulator/iam/evaluate.ts';
import { contextOf } from '../../emulator/iam/context.ts';
import { Identities } from '../../emulator/iam/identities.ts';
import { parsePolicy } from '../../emulator/iam/policy.ts';
import type { ConditionKeys } from '../../emulator/protocol/authorization.ts';

const ACCOUNT = '111122223333';
const OTHER = '444455556666';
const ROLE = { kind: 'role', arn: `arn:aws:iam::${ACCOUNT}:role/worker`, accountId: ACCOUNT } as const;
const USER = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/anna`, accountId: ACCOUNT } as const;
const OBJECT = 'arn:aws:s3:::documents/a/b.txt';

type Statement = Readonly<Record<string, unknown>>;

const document = (...statements: readonly Statement[]): object => ({
  Version: '2012-10-17',
  Statement: statements,
});
const allow = (more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  ...more,
});
const deny = (more: Statement = {}): Statement => ({ ...allow(more), Effect: 'Deny' });

interface Case {
  readonly identity?: readonly Statement[];
  readonly boundary?: readonly Statement[];
  readonly session?: readonly Statement[];
  readonly resource?: readonly Statement[];
  readonly more?: Partial<Policies>;
  readonly request?: Partial<Omit<AuthorizationRequest, 'context'>>;
  readonly keys?: ConditionKeys;
}

function decide({ identity = [], boundary, session, resource, more, request, keys = {} }: Case): Decision {
  return evaluate(
    {
      principal: ROLE,
      action: 's3:GetObject',
      resource: OBJECT,
      resourceAccountId: ACCOUNT,
      ...request,
      context: contextOf(keys),
    },
    {
      identity: [parsePolicy(document(...identity), 'identity')],
      ...(boundary !== undefined && { boundary: parsePolicy(document(...boundary), 'identity') }),
      ...(session !== undefined && { session: parsePolicy(document(...session), 'identity') }),
      ...(resource !== undefined && { resource: parsePolicy(document(...resource), 'resource') }),
      ...more,
    },
  );
}

const answer = (given: Case): string => {
  const decision = decide(given);
  return decision.kind === 'allowed' ? 'allowed' : decision.why;
};
const matches = (more: Statement, given: Omit<Case, 'identity'> = {}): boolean =>
  answer({ ...given, identity: [allow(more)] }) === 'allowed';

describe('IAM on loopback', () => {
  describe('within an account', () => {
    it('allows nothing that nobody allows', () => {
      expect(answer({})).toBe('identity-based policy');
    });

    it('takes the word of an identity policy, or of a resource that names the role', () => {
      expect(answer({ identity: [allow()] })).toBe('allowed');
      expect(answer({ resource: [allow({ Principal: { AWS: ROLE.arn } })] })).toBe('allowed');
      expect(answer({ resource: [allow({ Principal: '*' })] })).toBe('allowed');
    });

    it('leaves it to identity policies where a resource names the account', () => {
      const resource = [allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })];
      expect(answer({ resource })).toBe('identity-based policy');
      expect(answer({ resource, identity: [allow()] })).toBe('allowed');
    });

    it('lets a deny win, wherever it stands', () => {
      expect(answer({ identity: [allow(), deny()] })).toBe('explicit');
      expect(answer({ identity: [allow()], boundary: [allow(), deny()] })).toBe('explicit');
      expect(answer({ identity: [allow()], resource: [deny({ Principal: '*' })] })).toBe('explicit');
    });

    it('limits a role, but not a user whom a resource names, by the boundary', () => {
      const boundary = [allow({ Action: 's3:PutObject' })];
      expect(answer({ identity: [allow()], boundary })).toBe('permissions boundary');
      const named = (arn: string): Statement => allow({ Principal: { AWS: arn } });
      expect(answer({ resource: [named(ROLE.arn)], boundary })).toBe('permissions boundary');
      const request = { principal: USER };
      expect(answer({ resource: [named(USER.arn)], boundary, request })).toBe('allowed');
    });

    it('limits a session by its policy, and what a resource allows to its role, but not what one allows to the session', () => {
      const sessionArn = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/run-1`;
      const request = { principal: { ...ROLE, sessionArn } };
      const named = (AWS: string): Statement => allow({ Principal: { AWS } });
      const session = [allow({ Action: 's3:PutObject' })];
      const decided = (given: Case): string => answer({ request, session, ...given });
      expect(decided({ identity: [allow()] })).toBe('session policy');
      expect(decided({ identity: [allow()], session: [allow()] })).toBe('allowed');
      expect(decided({ session: [allow()] })).toBe('identity-based policy');
      expect(decided({ resource: [named(ROLE.arn)] })).toBe('session policy');
      expect(decided({ resource: [named(ACCOUNT)], identity: [allow()] })).toBe('session policy');
      expect(decided({ resource: [named(sessionArn)] })).toBe('allowed');
      expect(decided({ resource: [named(sessionArn.replace('run-1', 'run-2'))] })).toBe(
        'identity-based policy',
      );
      expect(decided({ resource: [named(sessionArn)], session: [deny()] })).toBe('explicit');
    });

    it('limits a session by boundary and policy together', () => {
      const both = { identity: [allow()], boundary: [allow()], session: [allow()] };
      const nothing = [allow({ Action: 's3:PutObject' })];
      expect(answer(both)).toBe('allowed');
      expect(answer({ ...both, boundary: nothing })).toBe('permissions boundary');
      expect(answer({ ...both, session: nothing })).toBe('session policy');
    });

    it('needs the word of a key, by its policy or by a grant', () => {
      const more = { resourceDecides: true };
      expect(answer({ identity: [allow()], resource: [], more })).toBe('resource-based policy');
      const root = allow({ Principal: { AWS: ACCOUNT } });
      expect(answer({ identity: [allow()], resource: [root], more })).toBe('allowed');
      expect(answer({ resource: [root], more })).toBe('identity-based policy');
      expect(answer({ resource: [], more: { ...more, granted: true } })).toBe('allowed');
    });
  });

  it('needs both words across accounts', () => {
    const request = { resourceAccountId: OTHER };
    const resource = [allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })];
    expect(answer({ request, identity: [allow()] })).toBe('resource-based policy');
    expect(answer({ request, resource })).toBe('identity-based policy');
    expect(answer({ request, resource, identity: [allow()] })).toBe('allowed');
  });

  it('needs the word of a session policy across accounts, too', () => {
    const request = { resourceAccountId: OTHER };
    const resource = [allow({ Principal: { AWS: ROLE.arn } })];
    const session = [allow({ Action: 's3:PutObject' })];
    expect(answer({ request, resource, identity: [allow()], session })).toBe('session policy');
    expect(answer({ request, resource, identity: [allow()], session: [allow()] })).toBe('allowed');
  });

  it('takes a service at its name only', () => {
    const principal = { kind: 'service', arn: 'lambda.amazonaws.com', accountId: ACCOUNT } as const;
    const trust = (Principal: unknown): string =>
      answer({ request: { principal }, resource: [allow({ Principal })] });
    expect(trust({ Service: 'lambda.amazonaws.com' })).toBe('allowed');
    expect(trust({ Service: 'states.amazonaws.com' })).toBe('resource-based policy');
    expect(trust({ AWS: '*' })).toBe('resource-based policy');
  });

  describe('matches', () => {
    it('actions without regard to case, with wildcards', () => {
      expect(matches({ Action: 'S3:getobject' })).toBe(true);
      expect(matches({ Action: 's3:Get*' })).toBe(true);
      expect(matches({ Action: 's3:G?tObject' })).toBe(true);
      expect(matches({ Action: 's3:GetObjectTagging' })).toBe(false);
      expect(matches({ Action: undefined, NotAction: 's3:Get*' })).toBe(false);
      expect(matches({ Action: undefined, NotAction: 's3:Put*' })).toBe(true);
    });

    it('resources with regard to case, field by field', () => {
      expect(matches({ Resource: 'arn:aws:s3:::documents/*' })).toBe(true);
      expect(matches({ Resource: 'arn:aws:s3:::Documents/*' })).toBe(false);
      expect(matches({ Resource: 'arn:aws:s3:*' })).toBe(true);
      expect(matches({ Resource: 'arn:*:documents/*' })).toBe(false);
      expect(matches({ Resource: undefined, NotResource: 'arn:aws:s3:::documents/*' })).toBe(false);
    });

    it('a resource whose own part holds colons', () => {
      const resource = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:plan:7`;
      expect(
        matches({ Resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:*` }, { request: { resource } }),
      ).toBe(true);
    });

    it('policy variables, and characters that they escape', () => {
      const keys = { 'aws:username': 'a' };
      const own = { Resource: 'arn:aws:s3:::documents/${aws:username}/*' };
      expect(matches(own, { keys })).toBe(true);
      expect(matches(own, { keys: { 'aws:username': '*' } })).toBe(false);
      expect(matches(own)).toBe(false);
      expect(matches({ Resource: "arn:aws:s3:::documents/${aws:username, 'a'}/*" })).toBe(true);
      const starred = { request: { resource: 'arn:aws:s3:::documents/*' } };
      expect(matches({ Resource: 'arn:aws:s3:::documents/${*}' }, starred)).toBe(true);
      expect(matches({ Resource: 'arn:aws:s3:::documents/${*}' })).toBe(false);
    });

    it('no variables in policies of the version of 2008', () => {
      const identity = [allow({ Resource: 'arn:aws:s3:::documents/${aws:username}' })];
      const old = parsePolicy({ Version: '2008-10-17', Statement: identity }, 'identity');
      const literal = { request: { resource: 'arn:aws:s3:::documents/${aws:username}' } };
      const keys = { 'aws:username': 'a/b.txt' };
      expect(answer({ ...literal, keys, more: { identity: [old] } })).toBe('allowed');
      expect(answer({ keys, more: { identity: [old] } })).toBe('identity-based policy');
    });
  });

  describe('conditions', () => {
    const meets = (operator: string, values: unknown, key?: string | readonly string[]): boolean =>
      matches({ Condition: { [operator]: { 'aws:Test': values } } }, { keys: { 'AWS:test': key } });

    it.each([
      ['StringEquals', ['a', 'b'], 'b', true],
      ['StringEquals', 'a*', 'ab', false],
      ['StringNotEquals', ['a', 'b'], 'b', false],
      ['StringEqualsIgnoreCase', 'AB', 'ab', true],
      ['StringLike', 'a*', 'ab', true],
      ['StringNotLike', 'a*', 'ab', false],
      ['ArnLike', 'arn:aws:iam::*:role/w*', ROLE.arn, true],
      ['ArnNotEquals', 'arn:aws:iam::*:role/w*', ROLE.arn, false],
      ['NumericLessThanEquals', '10', '10', true],
      ['NumericGreaterThan', '10', '9', false],
      ['DateLessThan', '2026-11-27T00:00:00Z', '2026-11-26T23:59:59Z', true],
      ['DateGreaterThan', '1000', '1970-01-01T00:10:00Z', false],
      ['Bool', 'true', 'True', true],
      ['IpAddress', '10.0.0.0/8', '10.1.2.3', true],
      ['NotIpAddress', ['10.0.0.0/8', '2001:db8::/32'], '2001:db8::1', false],
      ['BinaryEquals', 'QUJD', 'QUJD', true],
    ])('%s %j meets %s: %s', (operator, values, key, expected) => {
      expect(meets(operator, values, key)).toBe(expected);
    });

    it('fail for a key that is missing, unless they negate or say IfExists', () => {
      expect(meets('StringEquals', 'a')).toBe(false);
      expect(meets('StringNotEquals', 'a')).toBe(true);
      expect(meets('StringEqualsIfExists', 'a')).toBe(true);
      expect(meets('StringEqualsIfExists', 'a', 'b')).toBe(false);
      expect(meets('Null', 'true')).toBe(true);
      expect(meets('Null', 'false')).toBe(false);
      expect(meets('Null', 'false', 'a')).toBe(true);
    });

    it('compare lists of values by a set operator', () => {
      expect(meets('ForAnyValue:StringEquals', ['a'], ['a', 'b'])).toBe(true);
      expect(meets('ForAnyValue:StringEquals', ['a'], [])).toBe(false);
      expect(meets('ForAnyValue:StringNotEquals', ['a'])).toBe(false);
      expect(meets('ForAllValues:StringLike', ['a*'], ['a', 'b'])).toBe(false);
      expect(meets('ForAllValues:StringLike', ['a*'])).toBe(true);
    });

    it('hold only together', () => {
      const Condition = { StringEquals: { 'aws:a': '1', 'aws:b': '2' }, Bool: { 'aws:c': 'true' } };
      expect(matches({ Condition }, { keys: { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'true' } })).toBe(true);
      expect(matches({ Condition }, { keys: { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'false' } })).toBe(false);
    });
  });

  it.each([
    ['an operator that IAM does not have', allow({ Condition: { StringsEqual: { a: 'b' } } })],
    ['a misspelled member', allow({ Resources: '*' })],
    ['an effect in lower case', allow({ Effect: 'allow' })],
    ['no resource', allow({ Resource: undefined })],
    ['a principal in an identity policy', allow({ Principal: '*' })],
  ])('refuses a policy with %s', (_, statement) => {
    const error = expect.objectContaining({ code: 'MalformedPolicyDocument' }) as Error;
    expect(() => parsePolicy(document(statement), 'identity')).toThrow(error);
  });

  describe('NotPrincipal', () => {
    const NotPrincipal = { AWS: ROLE.arn };
    const code = (statement: Statement, kind: 'identity' | 'resource' | 'trust'): string => {
      try {
        parsePolicy(document(statement), kind);
        return 'accepted';
      } catch (error) {
        return (error as { readonly code: string }).code;
      }
    };

    it('is refused, never guessed: what it does to roles with a boundary depends on more than the policy', () => {
      expect(code(deny({ NotPrincipal }), 'resource')).toBe('NotImplemented');
    });

    it.each([
      ['with Allow', allow({ NotPrincipal }), 'resource'],
      ['beside Principal', deny({ NotPrincipal, Principal: '*' }), 'resource'],
      ['in an identity policy', deny({ NotPrincipal }), 'identity'],
      ['in a trust policy', deny({ NotPrincipal }), 'trust'],
    ] as const)('is malformed %s', (_, statement, kind) => {
      expect(code(statement, kind)).toBe('MalformedPolicyDocument');
    });
  });

  it('refuses policies beyond the quotas of IAM', () => {
    const identities = new Identities();
    identities.create(ROLE.arn);
    const sized = (characters: number): object =>
      document(allow({ Resource: `arn:aws:s3:::${'x'.repeat(characters)}` }));
    expect(() => identities.putManaged('arn:a', sized(6_200))).toThrow('PolicySize: 6144');
    identities.putInline(ROLE.arn, 'one', sized(6_000));
    expect(() => identities.putInline(ROLE.arn, 'two', sized(6_000))).toThrow('10240');
    for (let index = 0; index <= 10; index++) identities.putManaged(`arn:${index}`, document(allow()));
    for (let index = 0; index < 10; index++) identities.attach(ROLE.arn, `arn:${index}`);
    expect(() => identities.attach(ROLE.arn, 'arn:10')).toThrow('PoliciesPerRole: 10');
  });
});
