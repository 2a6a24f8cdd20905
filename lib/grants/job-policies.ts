import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import type { Condition, Grant } from './grant.ts';
import { JOB_GRANTS, ROLES_OF_JOBS, type RoleOfJobs } from './job-grants.ts';
import { assumedRoles, grantsOfRole, ownerPolicies, type OwnerPolicies } from './owner-policies.ts';
import { rolesOf, statementsOf, type Deployed, type PolicyStatement } from './policy-statements.ts';

/** What a job needs, by who gives it. */
export interface JobPolicies {
  /** What the roles of the functions get by `cdk deploy`. */
  readonly roles: readonly { readonly role: RoleOfJobs; readonly statements: readonly PolicyStatement[] }[];
  /** What the owners of other accounts add, whose roles the functions assume. */
  readonly owners: readonly OwnerPolicies[];
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

export function jobPolicies(job: Job, deployed: Deployed): JobPolicies {
  const roles = ROLES_OF_JOBS.filter(
    role => deployed.allowPlaintextRoute || role !== 'MigrateUnitPlaintext',
  ).map(role => ({ role, grants: JOB_GRANTS[role]([job], deployed) }));
  return {
    roles: roles.flatMap(({ role, grants }) =>
      grants.length === 0 ? [] : [{ role, statements: statementsOf(grants) }],
    ),
    owners: ownerPolicies(job, deployed),
    keys: keyPolicies(
      [
        { who: rolesOf(deployed), grants: roles.flatMap(({ grants }) => grants) },
        ...assumedRoles(job).map(({ roleArn }) => ({
          who: { Principal: { AWS: roleArn } },
          grants: grantsOfRole(job, roleArn, deployed),
        })),
      ],
      deployed,
    ),
  };
}

/** Who is granted something by a policy of a resource. */
interface Grantee {
  readonly who: Required<Pick<PolicyStatement, 'Principal'>> & Pick<PolicyStatement, 'Condition'>;
  readonly grants: readonly Grant[];
}

function keyPolicies(grantees: readonly Grantee[], { account: home }: Deployed): readonly KeyPolicy[] {
  const keys = new Set(grantees.flatMap(({ grants }) => grants.flatMap(keyOf)));
  return [...keys].sort().map(key => {
    const account = parseKeyReference(key)?.account ?? home;
    const statements = grantees.flatMap(({ who, grants }) =>
      statementsOfKey(
        grants.filter(grant => keyOf(grant).includes(key)),
        who,
      ),
    );
    return {
      ...{ key, account, ofAnotherAccount: account !== home },
      statements: statements.map((one, index) => ({ Sid: `KmsRewrap${index + 1}`, ...one })),
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
function statementsOfKey(grants: readonly Grant[], who: Grantee['who']): readonly PolicyStatement[] {
  const own = grants.map(({ actions, conditions = [] }) => ({
    ...{ actions, resource: '*', conditions: conditions.filter(one => !isAlias(one)) },
  }));
  return statementsOf(own).map(({ Action, Condition }) => ({
    ...{ Effect: 'Allow', Principal: who.Principal },
    ...{ Action, Resource: '*', ...conditionOf({ ...Condition, ...who.Condition }) },
  }));
}

function conditionOf(condition: PolicyStatement['Condition'] & object): Pick<PolicyStatement, 'Condition'> {
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}

function isAlias({ key }: Condition): boolean {
  return key === 'kms:ResourceAliases';
}
