import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Deployment } from '../../lambda/adapters/run/deployment.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { jobPolicies, type JobPolicies } from '../../lib/grants/job-policies.ts';

/** What a job needs of whom. */
export interface PoliciesOfJob extends JobPolicies {
  readonly job: string;
  readonly deployment: string;
  readonly account: string;
  /** Nothing is deployed: the account is that of the destination key. */
  readonly accountAssumed: boolean;
  readonly notChecked: readonly string[];
}

const NOT_CHECKED: readonly string[] = [
  'what policies of keys, buckets and the organization say now: rewrap plan JOB asks KMS',
  'buckets of another account without a role to assume: their owner has to allow the roles what `roles` lists of them',
  'what the functions need besides their jobs, such as the ledger: docs/permissions.md',
];

/** The policies of a job in a deployment, or as they would be in one of the account of its destination key. */
export function policiesOfJob(job: Job, name: string, found: Deployment | undefined): PoliciesOfJob {
  const destination = parseKeyReference(job.destination.key);
  if (destination === undefined) throw new TypeError(`not a KMS key ARN: ${job.destination.key}`);
  const account = found?.stateMachineArn.split(':')[4] ?? destination.account;
  return {
    ...{ job: job.name, deployment: name, account, accountAssumed: found === undefined },
    ...jobPolicies(job, {
      ...{ deployment: name, partition: destination.partition, account },
      allowPlaintextRoute: found?.allowPlaintextRoute ?? false,
    }),
    notChecked: NOT_CHECKED,
  };
}

export function policiesText({ roles, owners, keys, account, accountAssumed }: PoliciesOfJob): string {
  return [
    `Account ${account}${accountAssumed ? ', that of the destination key: nothing is deployed' : ''}`,
    '',
    'What cdk deploy grants to the roles, for this job:',
    ...roles.flatMap(({ role, statements }) => [`${role}:`, JSON.stringify(statements, null, 2)]),
    ...owners.flatMap(({ account: owner, roleArn, trust, permissions }) => [
      '',
      `What the owner of account ${owner} adds, for the role ${roleArn} (--json has a template of CloudFormation for it, too):`,
      'Trust policy:',
      JSON.stringify(trust, null, 2),
      'Permissions:',
      JSON.stringify(permissions, null, 2),
    ]),
    '',
    'What the policies of keys have to allow, where they do not let IAM policies of their account decide:',
    ...keys.flatMap(({ key, account: owner, ofAnotherAccount, statements }) => [
      `${key}${ofAnotherAccount ? `, of account ${owner}: its owner has to add this` : ''}:`,
      JSON.stringify(statements, null, 2),
    ]),
  ].join('\n');
}
