import type { Job } from '../../lambda/core/model/job.ts';
import { hopsOf, keysOf } from '../../lambda/core/routes/registry.ts';
import { keyGrant, type Grant } from '../grants/grant.ts';

/** All permissions for a job's keys. Only the plaintext worker may decrypt and encrypt. */
export const keyGrants = {
  describe(jobs: readonly Job[]): readonly Grant[] {
    return on(['kms:DescribeKey', 'kms:ListKeyRotations'], jobs.flatMap(keysOf));
  },

  /** Allows every hop of every route that a job may take: from its sources to its destination, and nothing else. */
  reEncrypt(jobs: readonly Job[]): readonly Grant[] {
    const hops = jobs.flatMap(hopsOf);
    return [
      ...on(
        ['kms:ReEncryptFrom'],
        hops.flatMap(({ from }) => from),
      ),
      ...on(
        ['kms:ReEncryptTo'],
        hops.map(({ to }) => to),
      ),
    ];
  },

  /** The verify pass asks the destination key and can use no other key. */
  reEncryptDestination(jobs: readonly Job[]): readonly Grant[] {
    return on(['kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs));
  },

  /**
   * Decrypt in the source Region, Encrypt in this one. Like all workers, it uses ReEncrypt to recognise data keys that
   * are already under the destination key.
   */
  decryptEncrypt(jobs: readonly Job[]): readonly Grant[] {
    return [
      ...on(
        ['kms:Decrypt'],
        jobs.flatMap(({ source }) => source.keys.map(({ key }) => key)),
      ),
      ...on(['kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], destinations(jobs)),
    ];
  },
} as const;

function destinations(jobs: readonly Job[]): readonly string[] {
  return jobs.map(({ destination }) => destination.key);
}

function on(actions: readonly string[], references: readonly string[]): readonly Grant[] {
  return [...new Set(references)].sort().map(reference => keyGrant(actions, reference));
}
