import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import type { KeyCatalog, KeyDescription, KeyLookup } from './ports.ts';

export interface CheckedKeys {
  readonly sourceKeyArns: readonly string[];
  readonly destinationKeyArn: string;
  readonly problems: readonly Problem[];
}

/** Resolves key ARNs and alias ARNs once, checks state and usage, and asks KMS whether this role may use them. */
export async function checkKeys({ source, destination }: Job, catalog: KeyCatalog): Promise<CheckedKeys> {
  const sources = await Promise.all(
    source.keys.map(async (reference, index) =>
      checkKey(`source.keys[${index}]`, reference, await catalog.describeKey(reference)),
    ),
  );
  const target = checkKey('destination.key', destination.key, await catalog.describeKey(destination.key));
  const sourceKeyArns = [...new Set(sources.flatMap(({ arn }) => arn ?? []))];
  const problems = [...sources, target].flatMap(checked => checked.problems);
  if (problems.length > 0 || target.arn === undefined)
    return { sourceKeyArns, destinationKeyArn: '', problems };
  const denied = await checkPermissions(sourceKeyArns, target.arn, catalog);
  return { sourceKeyArns, destinationKeyArn: target.arn, problems: denied };
}

interface CheckedKey {
  readonly arn?: string;
  readonly problems: readonly Problem[];
}

function checkKey(path: string, reference: string, lookup: KeyLookup): CheckedKey {
  const problem = (words: string): CheckedKey => ({ problems: [{ path, value: reference, words }] });
  switch (lookup.kind) {
    case 'not-found':
      return problem('is no key that KMS knows in this Region; create it, or correct the ARN');
    case 'denied':
      return problem(
        `may not be described by this role (${lookup.message}); allow kms:DescribeKey in the key policy`,
      );
    case 'found': {
      const words = unusable(lookup.key);
      return words === undefined ? { arn: lookup.key.arn, problems: [] } : problem(words);
    }
  }
}

function unusable({ state, usage, spec }: KeyDescription): string | undefined {
  if (usage !== 'ENCRYPT_DECRYPT')
    return `has the key usage ${usage}; name a key with the usage ENCRYPT_DECRYPT`;
  if (spec !== 'SYMMETRIC_DEFAULT')
    return `has the key spec ${spec}; this version re-encrypts between symmetric keys`;
  switch (state) {
    case 'Enabled':
      return undefined;
    case 'Disabled':
      return 'is disabled; enable it for the time of the run';
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return 'is pending deletion; cancel the deletion and enable it';
    case 'PendingImport':
      return 'has no usable key material; import it again';
    default:
      return `is in the state ${state}; wait until it is Enabled`;
  }
}

async function checkPermissions(
  sources: readonly string[],
  destination: string,
  catalog: KeyCatalog,
): Promise<readonly Problem[]> {
  // The destination is asked as a source, too: second runs and the verify pass re-encrypt under it.
  const pairs = [...new Set([...sources, destination])];
  const answers = await Promise.all(
    pairs.map(async source => ({ source, permission: await catalog.mayReEncrypt(source, destination) })),
  );
  return answers.flatMap(({ source, permission }) =>
    permission.kind === 'allowed'
      ? []
      : [
          {
            path: 'source.keys',
            value: source,
            words: `may not be re-encrypted to ${destination} (${permission.message}); allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other in both key policies`,
          },
        ],
  );
}
