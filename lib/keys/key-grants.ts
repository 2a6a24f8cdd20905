import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { hopsOf, keysOf } from '../../lambda/core/routes/registry.ts';

/** Everything that may be done with a job's keys. Only the plaintext worker may decrypt and encrypt. */
export const keyGrants = {
  describe(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:DescribeKey', 'kms:ListKeyRotations'], jobs.flatMap(keysOf));
  },

  /** Every hop of every route that a job may come to: out of its sources, into its destination, and no other way. */
  reEncrypt(grantee: Function, jobs: readonly Job[]): void {
    const hops = jobs.flatMap(hopsOf);
    grant(
      grantee,
      ['kms:ReEncryptFrom'],
      hops.flatMap(({ from }) => from),
    );
    grant(
      grantee,
      ['kms:ReEncryptTo'],
      hops.map(({ to }) => to),
    );
  },

  /** The verify pass asks the destination key, and can use no other. */
  reEncryptDestination(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs));
  },

  /** Decrypt there, Encrypt here. Second runs ask the destination by ReEncrypt, as everywhere. */
  decryptEncrypt(grantee: Function, jobs: readonly Job[]): void {
    grant(
      grantee,
      ['kms:Decrypt'],
      jobs.flatMap(({ source }) => source.keys.map(({ key }) => key)),
    );
    grant(grantee, ['kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs));
  },
} as const;

function destinations(jobs: readonly Job[]): readonly string[] {
  return jobs.map(({ destination }) => destination.key);
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
