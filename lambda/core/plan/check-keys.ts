import { findKey, findSourceOrLess, needsSourceKeys, type FoundKey } from '../keys/find-key.ts';
import type { KeyCatalog } from '../keys/catalog.ts';
import type { Job } from '../model/job.ts';
import { longestDataKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';

export type CheckedKeys =
  | { readonly kind: 'keys'; readonly sources: readonly FoundKey[]; readonly destination: FoundKey }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Resolves key ARNs and alias ARNs once, and checks that each key can do what the job needs. */
export async function checkKeys(
  { source, destination }: Job,
  catalog: KeyCatalog,
  mode: RunMode = 'migrate',
): Promise<CheckedKeys> {
  const findSource = needsSourceKeys(mode) ? findKey : findSourceOrLess;
  const [target, ...sources] = await Promise.all([
    findKey('destination.key', destination, catalog),
    ...source.keys.map((use, index) => findSource(`source.keys[${index}]`, use, catalog)),
  ]);
  const problems = [...sources, target].flatMap(found => ('key' in found ? [] : [found]));
  if ('key' in target) problems.push(...capacityProblems(destination.dataKeyBytes, target));
  const found = sources.filter(one => 'key' in one);
  if (problems.length > 0 || !('key' in target)) return { kind: 'refused', problems };
  return { kind: 'keys', sources: withoutTwins(found), destination: target };
}

/** An RSA key can encrypt only so many bytes: its modulus and the hash of the padding decide. */
function capacityProblems(dataKeyBytes: number, { use, key }: FoundKey): readonly Problem[] {
  const longest = longestDataKey(key.spec, use.encryptionAlgorithm);
  if (longest === undefined || dataKeyBytes <= longest) return [];
  return [
    {
      path: 'destination.dataKeyBytes',
      value: dataKeyBytes,
      words: `is longer than the ${longest} bytes that ${key.spec} holds with ${use.encryptionAlgorithm}; name a larger key, or a symmetric one`,
    },
  ];
}

/** An alias and the ARN of its key are one key. */
function withoutTwins(found: readonly FoundKey[]): readonly FoundKey[] {
  const first = new Map<string, FoundKey>();
  for (const one of found) {
    const id = `${one.key.arn} ${one.use.encryptionAlgorithm}`;
    if (!first.has(id)) first.set(id, one);
  }
  return [...first.values()];
}
