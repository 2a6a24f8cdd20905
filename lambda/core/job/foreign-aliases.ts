import { parseKeyReference } from '../model/arn.ts';
import type { Job } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';

/**
 * Keys that a job names by an alias of another account. Roles get such a key by the condition `kms:ResourceAliases`, and AWS
 * does not document that aliases of another account count there.
 *
 * @param account the account of the deployment; where it is not known yet, that of the first alias
 */
export function foreignAliases(job: Job, account?: string): readonly Problem[] {
  const aliases = Object.entries(keysNamed(job)).flatMap(([path, key]) => {
    const parsed = key === undefined ? undefined : parseKeyReference(key);
    return parsed?.kind === 'alias' ? [{ path, alias: parsed }] : [];
  });
  const own = account ?? aliases[0]?.alias.account;
  return aliases
    .filter(({ alias }) => alias.account !== own)
    .map(({ path, alias }) => ({
      path,
      value: alias.arn,
      words: `is an alias of the account ${alias.account}, and not of ${own ?? ''}: AWS does not say that roles can be granted a key of another account by its alias; write the ARN of the key`,
    }));
}

function keysNamed({
  source,
  destination,
  route,
  stores,
}: Job): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([
    ...source.keys.map(({ key }, index) => [`source.keys[${index}]`, key] as const),
    ['destination.key', destination.key],
    ['route.bridgeKey', route.bridgeKey],
    ...stores.flatMap(({ serverSideEncryptionKey, copyTo }, index) => [
      [`stores[${index}].serverSideEncryptionKey`, serverSideEncryptionKey] as const,
      [`stores[${index}].copyTo.serverSideEncryptionKey`, copyTo?.serverSideEncryptionKey] as const,
    ]),
  ]);
}
