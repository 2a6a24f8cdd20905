import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { bundlesOf, conditionsOf, type Bundle } from './bundles.ts';
import type { Condition, Grant, Home } from './grant.ts';
import { JOB_GRANTS, ROLES_OF_JOBS, type RoleOfJobs } from './job-grants.ts';

/** A statement as IAM reads it. */
interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a job needs, by who gives it. */
export interface JobPolicies {
  /** What the roles of the functions get by `cdk deploy`. */
  readonly roles: readonly { readonly role: RoleOfJobs; readonly statements: readonly PolicyStatement[] }[];
  /** What the policy of each key has to allow, where it does not let IAM policies of that account decide. */
  readonly keys: readonly KeyPolicy[];
}

interface KeyPolicy {
  /** The ARN or alias ARN that the job names. */
  readonly key: string;
  readonly account: string;
  /** The key belongs to another account, so that its owner has to add this whatever else its policy says. */
  readonly ofAnotherAccount: boolean;
  readonly statements: readonly PolicyStatement[];
}

export interface Deployed extends Home {
  readonly deployment: string;
  readonly allowPlaintextRoute: boolean;
}

export function jobPolicies(job: Job, deployed: Deployed): JobPolicies {
  const roles = ROLES_OF_JOBS.filter(
    role => deployed.allowPlaintextRoute || role !== 'MigrateUnitPlaintext',
  ).map(role => ({ role, grants: JOB_GRANTS[role]([job], deployed) }));
  return {
    roles: roles.flatMap(({ role, grants }) =>
      grants.length === 0 ? [] : [{ role, statements: statementsOf(grants) }],
    ),
    keys: keyPolicies(
      roles.flatMap(({ grants }) => grants),
      deployed,
    ),
  };
}

function statementsOf(grants: readonly Grant[]): readonly PolicyStatement[] {
  return bundlesOf(grants, () => Infinity)
    .flat()
    .map(bundle => ({
      ...{ Effect: 'Allow', Action: bundle.actions, Resource: bundle.resources },
      ...conditionOf(bundle),
    }));
}

function keyPolicies(grants: readonly Grant[], deployed: Deployed): readonly KeyPolicy[] {
  const byKey = new Map<string, Grant[]>();
  for (const grant of grants)
    for (const key of keyOf(grant)) byKey.set(key, [...(byKey.get(key) ?? []), grant]);
  return [...byKey].sort().map(([key, of]) => {
    const account = parseKeyReference(key)?.account ?? deployed.account;
    return {
      ...{ key, account, ofAnotherAccount: account !== deployed.account },
      statements: statementsOfKey(of, deployed),
    };
  });
}

/** The key that a grant is about, as a job names it; none for other services. */
function keyOf({ actions, resource, conditions = [] }: Grant): readonly string[] {
  if (actions.every(action => !action.startsWith('kms:'))) return [];
  const alias = conditions.find(isAlias)?.value;
  return [alias === undefined ? resource : resource.replace(/key\/\*$/, alias)];
}

/** In the policy of a key, `*` is that key: a condition on its alias would say nothing more. */
function statementsOfKey(grants: readonly Grant[], deployed: Deployed): readonly PolicyStatement[] {
  const { partition, account } = deployed;
  const own = grants.map(({ actions, conditions = [] }) => ({
    ...{ actions, resource: '*', conditions: conditions.filter(one => !isAlias(one)) },
  }));
  return bundlesOf(own, () => Infinity)
    .flat()
    .map((bundle, index) => ({
      ...{ Sid: `KmsRewrap${index + 1}`, Effect: 'Allow' },
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      ...{ Action: bundle.actions, Resource: '*' },
      Condition: { ...conditionOf(bundle).Condition, ArnLike: { 'aws:PrincipalArn': rolesOf(deployed) } },
    }));
}

/**
 * The roles of the stack, by the name that CloudFormation gives them: it begins with that of the stack, which it may cut. A role
 * by name would have to be there before the policy, and a role that is made anew would not be meant.
 */
function rolesOf({ partition, account, deployment }: Deployed): string {
  const begin = deployment.length > LONGEST_PREFIX ? deployment.slice(0, LONGEST_PREFIX) : `${deployment}-`;
  return `arn:${partition}:iam::${account}:role/${begin}*`;
}

/** A role's name has 64 characters at most; so many are left of the name of its stack, or more. */
const LONGEST_PREFIX = 20;

function isAlias({ key }: Condition): boolean {
  return key === 'kms:ResourceAliases';
}

function conditionOf(bundle: Bundle): Pick<PolicyStatement, 'Condition'> {
  const conditions = conditionsOf(bundle);
  return Object.keys(conditions).length === 0 ? {} : { Condition: conditions };
}
