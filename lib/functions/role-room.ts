import { Annotations, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, type CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { capacityOf, RESOURCES, type CharactersOfJobs } from '../grants/job-room.ts';
import { ROLES_OF_JOBS, type RoleOfJobs } from '../grants/job-grants.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';

/** IAM user guide, quotas. None of these grows. */
const INLINE_CHARACTERS = 10_240;
const MANAGED_CHARACTERS = 6_144;

/**
 * For what jobs need. The rest of the inline policies is for what every deployment needs, some 2,000 characters; and the CDK
 * moves statements out of a policy that it takes to have 10,000.
 */
export const ROOM_OF_JOBS = { inline: 7_000, managed: MANAGED_CHARACTERS } as const;

/** Longer than the ARN or name of anything in a stack of this service; the CDK estimates with the same number. */
const REFERENCE = 'r'.repeat(150);
/** The longest that these can become. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-northeast-99',
};

interface RoleRoom {
  readonly name: string;
  /** Characters of all inline policies together. */
  readonly inline: number;
  /** Characters of each managed policy. */
  readonly managed: readonly number[];
}

/** What each role of the service holds, as IAM counts it. */
function rolesOf(service: Construct): readonly RoleRoom[] {
  const stack = Stack.of(service);
  const nodes = service.node.findAll();
  const policies = nodes.filter(node => node instanceof CfnPolicy || node instanceof CfnManagedPolicy);
  const held = policies.map(policy => ({
    managed: policy instanceof CfnManagedPolicy,
    roles: JSON.stringify(stack.resolve(policy.roles)),
    characters: charactersOf(stack.resolve(policy.policyDocument)),
  }));
  return nodes
    .filter(node => node instanceof Role)
    .map(role => {
      const id = stack.getLogicalId(role.node.defaultChild as CfnRole);
      const own = held.filter(({ roles }) => roles.includes(`"${id}"`));
      return {
        name: role.node.id.replace(/Role$/, ''),
        inline: sum(own.filter(({ managed }) => !managed).map(({ characters }) => characters)),
        managed: own.filter(({ managed }) => managed).map(({ characters }) => characters),
      };
    });
}

/** Characters of a policy without its white space, with references as long as they can become. */
function charactersOf(document: unknown): number {
  return JSON.stringify(withoutReferences(document)).replace(/\s/g, '').length;
}

function withoutReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReferences);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && name === 'Fn::Join')
    return (argument as [string, unknown[]])[1].map(part => withoutReferences(part)).join('');
  if (more.length === 0 && name === 'Ref') return PSEUDO[String(argument)] ?? REFERENCE;
  if (more.length === 0 && name.startsWith('Fn::')) return REFERENCE;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutReferences(one)]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** What IAM would refuse, in words; nothing if all roles fit. */
function tooLarge(roles: readonly RoleRoom[], managedPolicies: number): readonly string[] {
  return roles.flatMap(({ name, inline, managed }) => [
    ...(managed.length > managedPolicies
      ? [
          `the role of ${name} needs ${managed.length} managed policies, and IAM lets it have ${managedPolicies}`,
        ]
      : []),
    ...(inline > INLINE_CHARACTERS
      ? [
          `the inline policies of ${name} have ${inline} characters, and IAM lets them have ${INLINE_CHARACTERS}`,
        ]
      : []),
    ...managed
      .filter(characters => characters > MANAGED_CHARACTERS)
      .map(
        characters =>
          `a managed policy of ${name} has ${characters} characters, and IAM lets it have ${MANAGED_CHARACTERS}`,
      ),
  ]);
}

/** The role that has the least room left, and for how many jobs like these it would do: at least so many. */
function fullest(
  roles: readonly RoleRoom[],
  { jobs, managedPolicies, ofJobs }: RoomProps,
): { readonly name: string; readonly percent: number; readonly jobs: number } | undefined {
  const capacity = capacityOf(managedPolicies);
  const filled = roles.map(({ name, inline, managed }) => {
    const forJobs = isOfJobs(name) ? (ofJobs.get(name) ?? 0) : 0;
    return {
      name,
      percent: Math.ceil(
        (100 * (inline + sum(managed))) / (INLINE_CHARACTERS + managedPolicies * MANAGED_CHARACTERS),
      ),
      jobs: forJobs === 0 ? Infinity : Math.floor((jobs * capacity) / forJobs),
    };
  });
  return filled.reduce<(typeof filled)[number] | undefined>(
    (worst, one) => (worst === undefined || one.jobs < worst.jobs ? one : worst),
    undefined,
  );
}

/** What the stack of the service has of CloudFormation's resources, and for how many jobs like these they would do: at least so many, with all policies full. */
function resourcesOf(
  service: Construct,
  { jobs, managedPolicies, ofJobs }: RoomProps,
): { readonly total: number; readonly jobs: number } {
  const all = Stack.of(service)
    .node.findAll()
    .filter(one => one instanceof CfnResource);
  const grown = OF_JOBS.flatMap(id => service.node.tryFindChild(id)?.node.findAll() ?? []).filter(
    one => one instanceof CfnResource,
  );
  if (grown.length === 0) return { total: all.length, jobs: Infinity };
  const others = all.length - grown.length - all.filter(one => one instanceof CfnManagedPolicy).length;
  const left = RESOURCES - others - ofJobs.size * managedPolicies;
  return { total: all.length, jobs: Math.floor((jobs * left) / grown.length) };
}

function isOfJobs(name: string): name is RoleOfJobs {
  return (ROLES_OF_JOBS as readonly string[]).includes(name);
}

/** Constructs whose resources grow with the jobs. */
const OF_JOBS = ['Stores', 'Schedules', 'Follow'];

export interface RoomProps {
  /** How many there are. */
  readonly jobs: number;
  readonly managedPolicies: number;
  /** Characters of what the jobs need, by the name of the role. */
  readonly ofJobs: CharactersOfJobs;
}

/**
 * Refuses, before anything is deployed, what IAM or CloudFormation cannot hold, and says how many jobs fit.
 *
 * @throws JobsRefused
 */
export function checkRoom(service: Construct, props: RoomProps): void {
  const stack = Stack.of(service);
  const roles = rolesOf(service);
  const resources = resourcesOf(service, props);
  const problems = [
    ...tooLarge(roles, props.managedPolicies),
    ...(resources.total > RESOURCES
      ? [`it needs ${resources.total} resources, and CloudFormation lets it have ${RESOURCES}`]
      : []),
  ];
  const most = fullest(roles, props);
  const fitting = Math.min(most?.jobs ?? Infinity, resources.jobs);
  const fit = Number.isFinite(fitting) ? `about ${fitting} jobs like these fit` : '';
  if (problems.length > 0)
    throw new JobsRefused(
      [
        ...problems.map(problem => `stack ${stack.stackName} in ${stack.region}: ${problem}`),
        `${props.jobs} jobs are too many for one stack; ${fit}; let jobs share keys or buckets, make a second deployment, or ask Service Quotas for more managed policies per role, up to 25, and set managedPoliciesPerRole`,
      ].join('\n'),
    );
  if (most !== undefined && Number.isFinite(fitting))
    Annotations.of(stack).addInfoV2(
      'kms-rewrap:room',
      `${props.jobs} of about ${fitting} jobs like these: the role of ${most.name} has ${most.percent} % of what IAM lets it have`,
    );
}
