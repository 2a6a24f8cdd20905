import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';

/** Everything that may be done with a job's keys. There is no verb here for Decrypt, Encrypt or GenerateDataKey. */
export const keyGrants = {
  describe(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:DescribeKey'], allKeys(jobs));
  },

  /** Out of the sources and, for second runs, out of the destination; into the destination only. */
  reEncrypt(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:ReEncryptFrom'], allKeys(jobs));
    grant(grantee, ['kms:ReEncryptTo'], destinations(jobs));
  },

  /** The verify pass asks the destination key, and can use no other. */
  reEncryptDestination(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs));
  },
} as const;

function destinations(jobs: readonly Job[]): readonly string[] {
  return jobs.map(({ destination }) => destination.key);
}

function allKeys(jobs: readonly Job[]): readonly string[] {
  return [...jobs.flatMap(({ source }) => source.keys), ...destinations(jobs)];
}

/** A key ARN is granted as it stands; an alias ARN is no resource of key operations, so its key is granted by alias. */
function grant(grantee: Function, actions: string[], references: readonly string[]): void {
  const parsed = [...new Set(references)]
    .sort()
    .map(reference => ({ reference, key: parseKeyReference(reference) }));
  const keyArns = parsed.flatMap(({ reference, key }) => (key?.kind === 'key' ? [reference] : []));
  if (keyArns.length > 0) grantee.addToRolePolicy(new PolicyStatement({ actions, resources: keyArns }));
  const aliases = parsed.flatMap(({ key }) => (key?.kind === 'alias' ? [key] : []));
  for (const [resource, names] of groupByKeySpace(aliases)) {
    const conditions = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': names } };
    grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [resource], conditions }));
  }
}

type Alias = Extract<NonNullable<ReturnType<typeof parseKeyReference>>, { kind: 'alias' }>;

function groupByKeySpace(aliases: readonly Alias[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { partition, region, account, alias } of aliases) {
    const resource = `arn:${partition}:kms:${region}:${account}:key/*`;
    groups.set(resource, [...(groups.get(resource) ?? []), alias]);
  }
  return groups;
}
