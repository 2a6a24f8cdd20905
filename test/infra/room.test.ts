import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { roomOf, roomText } from '../../cli/deployment/room.ts';
import type { Job, JobSchedule, Store } from '../../lambda/core/model/job.ts';
import { policiesOf } from '../../lib/functions/policy-statements.ts';
import type { Grant } from '../../lib/grants/grant.ts';
import { OTHER_RESOURCES, RESOURCES_OF_FOLLOWER, roomForMore } from '../../lib/grants/job-room.ts';
import { JobsRefused } from '../../lib/jobs/jobs-refused.ts';
import type { KmsRewrapStack, KmsRewrapStackProps } from '../../lib/kms-rewrap-stack.ts';
import { bucketStore, job, use } from '../support/builders.ts';
import { stackOf, statementsByStage, type Statement } from '../support/stack.ts';

const keyOf = (number: number): string =>
  `arn:aws:kms:us-east-1:111122223333:key/${String(number).padStart(8, '0')}-1111-1111-1111-111111111111`;
const aliasOf = (number: number): string => `arn:aws:kms:us-east-1:111122223333:alias/orders-${number}`;
const [table] = job().stores;
const tableOf = (number: number): Store => ({ ...table, table: `orders-of-tenant-${number}` }) as Store;
const streamOf = (number: number): string =>
  `arn:aws:dynamodb:us-east-1:111122223333:table/orders-of-tenant-${number}/stream/2026-01-01T00:00:00.000`;
const bucketOf = (number: number): Store =>
  bucketStore({ bucket: `documents-of-tenant-${number}`, prefix: `${number}/` }) as unknown as Store;
const between = (from: string, to: string, stores: readonly Store[]): Partial<Job> => ({
  source: { keys: [use(from)] },
  destination: { ...use(to), dataKeyBytes: 32 },
  stores,
});

const SCHEDULE: JobSchedule = {
  ...{ expression: 'rate(90 days)', timeZone: 'UTC', mode: 'census', starts: 'at-once' },
};

/** Jobs that have nothing in common but what their kind says. */
const KINDS = {
  'a table and two keys of its own': number =>
    between(keyOf(number), keyOf(number + 5_000), [tableOf(number)]),
  'a table of its own': number => ({ stores: [tableOf(number)] }),
  'a bucket, a prefix and two keys of its own': number =>
    between(keyOf(number), keyOf(number + 5_000), [bucketOf(number)]),
  'a table, and two keys that it names by aliases': number =>
    between(aliasOf(number), aliasOf(number + 5_000), [tableOf(number)]),
  'a table that is followed, and two keys of its own': number => ({
    ...between(keyOf(number), keyOf(number + 5_000), [tableOf(number)]),
    follow: { streams: [streamOf(number)], untilQuietDays: 14 },
  }),
  'a bucket that is followed, and two keys of its own': number => ({
    ...between(keyOf(number), keyOf(number + 5_000), [bucketOf(number % 4)]),
    follow: { buckets: [`documents-of-tenant-${number % 4}`], untilQuietDays: 14 },
  }),
  'a prefix of one bucket': number => ({
    stores: [bucketStore({ prefix: `tenants/${number}/documents/` }) as unknown as Store],
  }),
} satisfies Readonly<Record<string, (number: number) => Partial<Job>>>;
type Kind = keyof typeof KINDS;
/** The same, followed by nobody. */
const KIND_WITHOUT = {
  table: 'a table and two keys of its own',
  bucket: 'a bucket, a prefix and two keys of its own',
} as const;

function many(kind: Kind, count: number, props: Partial<KmsRewrapStackProps> = {}): KmsRewrapStack {
  const jobs = Array.from({ length: count }, (_, number) =>
    job({ name: `job-${number}`, ...KINDS[kind](number) }),
  );
  return stackOf(jobs, props);
}

/** How many jobs the stack says that fit. */
function saidToFit(stack: KmsRewrapStack): number {
  const [info] = Annotations.fromStack(stack).findInfo('*', Match.stringLikeRegexp('jobs like these'));
  return Number(/of about (\d+) jobs/.exec(JSON.stringify(info?.entry.data))?.[1]);
}

/** Every action on every resource, with each condition under which it is allowed. */
function allowed(statements: readonly Statement[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap(({ Action, Resource, Condition = {} }) =>
      [Action]
        .flat()
        .flatMap(action =>
          [Resource]
            .flat()
            .flatMap(resource =>
              each(Condition).map(condition => JSON.stringify([action, resource, condition])),
            ),
        ),
    ),
  );
}

/** A condition for each of the values that it lets pass. */
function each(condition: NonNullable<Statement['Condition']>): readonly object[] {
  const tests = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: [values].flat() })),
  );
  return tests.reduce<readonly object[]>(
    (all, { operator, key, values }) =>
      all.flatMap(one => values.map(value => ({ ...one, [`${operator} ${key}`]: value }))),
    [{}],
  );
}

describe('the room that IAM gives to a role', () => {
  it.each(Object.keys(KINDS) as Kind[])(
    'holds as many jobs as the stack says, each with %s, in policies that IAM takes',
    kind => {
      const fit = saidToFit(many(kind, 10));
      expect(fit).toBeGreaterThan(100);
      const template = Template.fromStack(many(kind, fit));
      const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
      const sizes = policies.map(
        ({ Properties }) => JSON.stringify((Properties as { PolicyDocument: object }).PolicyDocument).length,
      );
      expect(Math.max(...sizes)).toBeLessThanOrEqual(6_144);
      for (const role of Object.keys(template.findResources('AWS::IAM::Role')))
        expect(
          policies.filter(one => JSON.stringify(one).includes(`"Ref":"${role}"`)).length,
        ).toBeLessThanOrEqual(10);
    },
  );

  it('is refused at synth, in words, where it is too small, and never at deploy', () => {
    const synth = (): unknown => Template.fromStack(many('a table and two keys of its own', 300));
    expect(synth).toThrow(JobsRefused);
    expect(synth).toThrow(
      /stack Stack in us-east-1: the role of MigrateUnit needs \d+ managed policies, and IAM lets it have 10\n[^]*300 jobs are too many for one stack; about 2\d\d jobs like these fit/,
    );
  });

  it('grows with the quota of managed policies', () => {
    expect(() =>
      Template.fromStack(many('a table and two keys of its own', 300, { managedPoliciesPerRole: 25 })),
    ).not.toThrow();
  });

  it('changes nothing of what is allowed, wherever a statement is cut', () => {
    const stages = statementsByStage(Template.fromStack(many('a table and two keys of its own', 200)));
    const migrate = allowed(stages.get('MigrateUnit') ?? []);
    for (const number of [0, 77, 199]) {
      expect(migrate).toContain(JSON.stringify(['kms:ReEncryptFrom', keyOf(number), {}]));
      expect(migrate).toContain(JSON.stringify(['kms:ReEncryptTo', keyOf(number + 5_000), {}]));
      expect(migrate).not.toContain(JSON.stringify(['kms:ReEncryptTo', keyOf(number), {}]));
    }
  });
});

describe('the room for more jobs, as the command line tells it', () => {
  const settings = { allowPlaintextRoute: false, managedPoliciesPerRole: 10 };
  const jobsOf = (kind: Kind, count: number): readonly Job[] =>
    Array.from({ length: count }, (_, number) => job({ name: `job-${number}`, ...KINDS[kind](number) }));

  it.each(Object.keys(KINDS) as Kind[])(
    'is no more than what the stack holds, and most of it, of jobs with %s',
    kind => {
      const [last, ...others] = [...jobsOf(kind, 10)].reverse();
      const { fits, more } = roomForMore(last!, others, settings);
      expect(fits).toBe(true);
      const told = 10 + more!;
      expect(() => Template.fromStack(many(kind, told))).not.toThrow();
      expect(told).toBeGreaterThan(0.75 * saidToFit(many(kind, 10)));
    },
  );

  it('grows with the quota, and is none where the stack would be refused', () => {
    const kind = 'a table and two keys of its own';
    const [last, ...others] = [...jobsOf(kind, 300)].reverse();
    expect(roomForMore(last!, others, settings)).toEqual({ fits: false, more: 0 });
    expect(roomForMore(last!, others, { ...settings, managedPoliciesPerRole: 25 })).toMatchObject({
      fits: true,
    });
  });

  describe('where buckets are followed', () => {
    const following = (number: number): Job =>
      job({
        ...{ name: `job-${number}`, stores: [bucketOf(number)] },
        follow: { buckets: [`documents-of-tenant-${number}`], untilQuietDays: 14 },
      });
    const jobs = (count: number): readonly Job[] => Array.from({ length: count }, (_, at) => following(at));

    it('ends at as many as one deployment follows, which the stack refuses to exceed', () => {
      expect(roomForMore(following(9), jobs(9), settings)).toEqual({ fits: true, more: 40 });
      expect(roomForMore(following(49), jobs(49), settings)).toEqual({ fits: true, more: 0 });
      expect(roomForMore(following(50), jobs(50), settings)).toEqual({
        ...{ fits: false, more: 0, followedBuckets: 51 },
      });
      expect(() => Template.fromStack(stackOf(jobs(50)))).not.toThrow();
      expect(() => Template.fromStack(stackOf(jobs(51)))).toThrow('51 buckets are followed');
    });

    it('is there for a job whose bucket is followed already', () => {
      expect(roomForMore({ ...following(7), name: 'another' }, jobs(50), settings)).toMatchObject({
        fits: true,
      });
    });

    it('is said with its cure, which is not that of policies', () => {
      const beside = { deployment: 'KmsRewrap', jobs: jobs(50), settings };
      expect(roomText(roomOf(following(50), beside))).toMatch(
        /51 buckets would be followed, .* 50 at most; leave some out of follow\.buckets, or make a second deployment$/,
      );
    });
  });

  it('is bounded by nothing where a job needs what is granted anyway', () => {
    const [first] = jobsOf('a table of its own', 1);
    expect(roomForMore({ ...first!, name: 'twin' }, [first!], settings)).toEqual({ fits: true, more: null });
  });

  it('counts on more other resources than a stack has, under any settings', () => {
    const template = Template.fromStack(
      stackOf([job({ schedule: SCHEDULE })], {
        ...{ allowPlaintextRoute: true, customerManagedKey: true },
      }),
    );
    const { Resources } = template.toJSON() as { Resources: Readonly<Record<string, { Type: string }>> };
    const grown = ['AWS::SSM::Parameter', 'AWS::Scheduler::Schedule', 'AWS::IAM::ManagedPolicy'];
    const others = Object.values(Resources).filter(({ Type }) => !grown.includes(Type));
    expect(others.length).toBeLessThanOrEqual(OTHER_RESOURCES);
    expect(others.length).toBeGreaterThan(OTHER_RESOURCES - 20);
  });

  it.each(
    [{}, { allowPlaintextRoute: true, customerManagedKey: true, notify: ['security@example.com'] }].flatMap(
      props => (['table', 'bucket'] as const).map(kind => [kind, props] as const),
    ),
  )(
    'counts for followers what the first of a kind brings, beside a mapping or rule for each (%s, %p)',
    (what, props) => {
      const typesOf = (kind: Kind): readonly string[] => {
        const { Resources } = Template.fromStack(many(kind, 1, props)).toJSON() as {
          Resources: Readonly<Record<string, { Type: string }>>;
        };
        const each = what === 'table' ? 'AWS::Lambda::EventSourceMapping' : 'AWS::Events::Rule';
        const grown = ['AWS::IAM::ManagedPolicy', each];
        return Object.values(Resources).flatMap(({ Type }) => (grown.includes(Type) ? [] : [Type]));
      };
      const followed = typesOf(`a ${what} that is followed, and two keys of its own`);
      const plain = typesOf(KIND_WITHOUT[what]);
      expect(followed.length - plain.length).toBe(RESOURCES_OF_FOLLOWER[`${what}s`]);
    },
  );
});

describe('the policies of some grants', () => {
  const grants: readonly Grant[] = Array.from({ length: 200 }, (_, number) => [
    { actions: ['s3:GetObject'], resource: `arn:aws:s3:::b/${number}*` },
    { actions: ['s3:PutObject'], resource: `arn:aws:s3:::b/${number % 50}*` },
    {
      actions: ['s3:ListBucket'],
      resource: `arn:aws:s3:::${number % 7}`,
      conditions: [{ operator: 'StringLikeIfExists', key: 's3:prefix', value: `${number}*` } as const],
    },
    {
      actions: [`kms:${number % 3 === 0 ? 'Decrypt' : 'GenerateDataKey'}`],
      resource: 'arn:aws:kms:us-east-1:111122223333:key/*',
      conditions: [
        { operator: 'StringEquals', key: 'kms:ViaService', value: `s${number % 5}` } as const,
        {
          operator: 'ForAnyValue:StringEquals',
          key: 'kms:ResourceAliases',
          value: `alias/${number}`,
        } as const,
      ],
    },
  ]).flat();
  const made = (): readonly (readonly Statement[])[] =>
    policiesOf(grants, () => 2_000).map(policy => policy.map(one => one.toJSON() as Statement));

  it('allow what was granted, and nothing else', () => {
    const each = grants.flatMap(grant => policiesOf([grant], () => 6_144).flat());
    const given = allowed(each.map(one => one.toJSON() as Statement));
    expect([...allowed(made().flat())].sort()).toEqual([...given].sort());
  });

  it('lie in policies that are full, but not too full', () => {
    const sizes = made().map(Statement => JSON.stringify({ Version: '2012-10-17', Statement }).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThan(1_700);
  });
});
