import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { hopsOf, keysOf } from '../../lambda/core/routes/registry.ts';

/** All permissions for a job's keys. Only the plaintext worker may decrypt and encrypt. */
export const keyGrants = {
  describe(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:DescribeKey', 'kms:ListKeyRotations'], jobs.flatMap(keysOf));
  },

  /** Allows every hop of every route that a job may take: from its sources to its destination, and nothing else. */
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

  /** The verify pass asks the destination key and can use no other key. */
  reEncryptDestination(grantee: Function, jobs: readonly Job[]): void {
    grant(grantee, ['kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs));
  },

  /**
   * Decrypt in the source Region, Encrypt in this one. Like all workers, it uses ReEncrypt to recognise data keys that
   * are already under the destination key.
   */
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

/**
 * A key ARN is granted directly. An alias ARN cannot be the resource of a key operation, so its key is granted by a
 * condition on the alias.
 */
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
