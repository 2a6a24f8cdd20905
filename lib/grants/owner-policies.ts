import { accountOfRole } from '../../lambda/core/model/arn.ts';
import type { AssumedRole, Job } from '../../lambda/core/model/job.ts';
import { storeGrants } from '../stores/store-grants.ts';
import type { Grant, Home } from './grant.ts';
import { ownerTemplate, type OwnerTemplate } from './owner-template.ts';
import { rolesOf, statementsOf, type Deployed, type PolicyStatement } from './policy-statements.ts';

interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** What the owner of another account adds, so that the functions may work on a store there. */
export interface OwnerPolicies {
  readonly account: string;
  readonly roleArn: string;
  /** Who may assume the role. */
  readonly trust: PolicyDocument;
  /** What the role may do. */
  readonly permissions: PolicyDocument;
  /** Both, as a template of CloudFormation for each account that has such stores. */
  readonly template: OwnerTemplate;
}

/** The roles that a job names, each once. */
export function assumedRoles({ stores }: Pick<Job, 'stores'>): readonly Pick<AssumedRole, 'roleArn'>[] {
  const arns = stores.flatMap(({ assumeRole }) => (assumeRole === undefined ? [] : [assumeRole.roleArn]));
  return [...new Set(arns)].sort().map(roleArn => ({ roleArn }));
}

export function grantsOfRole(job: Job, roleArn: string, { partition }: Home): readonly Grant[] {
  return storeGrants.ofRole(job, roleArn, { partition, account: accountOfRole(roleArn) });
}

export function ownerPolicies(job: Job, deployed: Deployed): readonly OwnerPolicies[] {
  return assumedRoles(job).map(({ roleArn }) => {
    const Version = '2012-10-17' as const;
    const trust = { Version, Statement: [trustOf(job, roleArn, deployed)] };
    const permissions = { Version, Statement: statementsOf(grantsOfRole(job, roleArn, deployed)) };
    const template = ownerTemplate({ job: job.name, roleArn, trust, permissions });
    return { account: accountOfRole(roleArn), roleArn, trust, permissions, template };
  });
}

/** A store that names no external id could not assume the role if the others' were asked for. */
function trustOf({ stores }: Job, roleArn: string, deployed: Deployed): PolicyStatement {
  const { Principal, Condition } = rolesOf(deployed);
  const roles = stores.flatMap(({ assumeRole }) => (assumeRole?.roleArn === roleArn ? [assumeRole] : []));
  const ids = [...new Set(roles.map(({ externalId }) => externalId))];
  const [only] = ids;
  const known = ids.flatMap(id => id ?? []);
  return {
    ...{ Effect: 'Allow', Principal, Action: ['sts:AssumeRole'] },
    Condition: {
      ...Condition,
      ...(only !== undefined &&
        known.length === ids.length && {
          StringEquals: { 'sts:ExternalId': known.length === 1 ? only : known },
        }),
    },
  };
}
