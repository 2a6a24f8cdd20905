import { ciphertextBytes, type KeyUse, type PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import type { RunMode } from '../model/run.ts';
import type { KeyCatalog, KeyDescription, KeyLookup } from './catalog.ts';

/** A key of the job, as KMS describes it. */
export interface FoundKey {
  readonly use: KeyUse;
  readonly key: KeyDescription;
  /** Why KMS would refuse to use it; only in modes that can do without it. */
  readonly unusable?: string;
}

/** A key that can be used as the job wants, or what is wrong with it. */
export async function findKey(path: string, use: KeyUse, catalog: KeyCatalog): Promise<FoundKey | Problem> {
  const lookup = await catalog.describeKey(use.key);
  const words = unusable(use, lookup);
  return words === undefined && lookup.kind === 'found'
    ? { use, key: lookup.key }
    : { path, value: use.key, words: words ?? '' };
}

/** A verify pass uses the destination key only, and a census uses whatever keys it can: both are run after the old key is gone. */
export function needsSourceKeys(mode: RunMode): boolean {
  switch (mode) {
    case 'migrate':
    case 'rollback':
      return true;
    case 'census':
    case 'verify':
      return false;
  }
}

/** Of a key that KMS does not describe. */
const UNKNOWN_SPEC = 'unknown';

/** A source key that cannot be used stays in the plan under the name that the job gives it, with the reason. */
export async function findSourceOrLess(
  path: string,
  use: KeyUse,
  catalog: KeyCatalog,
): Promise<FoundKey | Problem> {
  const lookup = await catalog.describeKey(use.key);
  const words = unusable(use, lookup);
  if (words === undefined) return findKey(path, use, catalog);
  if (lookup.kind === 'found') {
    const stateWords = unusableState(lookup.key.state);
    return stateWords === undefined
      ? { path, value: use.key, words }
      : { use, key: lookup.key, unusable: firstPart(stateWords) };
  }
  const unknown = { state: 'unknown', usage: 'ENCRYPT_DECRYPT', spec: UNKNOWN_SPEC };
  const multiRegion = use.key.includes(':key/mrk-');
  const key = { arn: use.key, ...unknown, multiRegion, encryptionAlgorithms: [use.encryptionAlgorithm] };
  return { use, key, unusable: firstPart(words) };
}

/** What is wrong, without the cure, because the run goes on without the key. */
function firstPart(words: string): string {
  return words.split(';')[0] ?? words;
}

function unusable({ encryptionAlgorithm }: KeyUse, lookup: KeyLookup): string | undefined {
  switch (lookup.kind) {
    case 'not-found':
      return 'is no key that KMS knows in this Region; create it, or correct the ARN';
    case 'denied':
      return `may not be described by this role (${lookup.message}); allow kms:DescribeKey in the key policy`;
    case 'found': {
      const { usage, spec, encryptionAlgorithms, state } = lookup.key;
      if (usage !== 'ENCRYPT_DECRYPT')
        return `has the key usage ${usage}; name a key with the usage ENCRYPT_DECRYPT`;
      if (!encryptionAlgorithms.includes(encryptionAlgorithm))
        return `has the key spec ${spec}, which does not take ${encryptionAlgorithm}; write "encryptionAlgorithm": ${encryptionAlgorithms.map(one => `"${one}"`).join(' or ')}`;
      return unusableState(state);
    }
  }
}

/** Why a key cannot be used, and what to do about it; `undefined` for an enabled key. */
export function unusableState(state: string): string | undefined {
  switch (state) {
    case 'Enabled':
      return undefined;
    case 'Disabled':
      return 'is disabled; enable it for the duration of the run';
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return 'is pending deletion; cancel the deletion and enable it';
    case 'PendingImport':
      return 'has no usable key material: it has expired, was deleted or never imported; import it (again)';
    case 'Unavailable':
      return 'is unavailable: its custom key store is disconnected; connect it';
    default:
      return `is in the state ${state}; wait until it is Enabled`;
  }
}

/** A key as a plan has it. `alsoKnownAs`: names of it, besides the one that the job uses. */
export function plannedKey(
  { use, key, unusable }: FoundKey,
  alsoKnownAs: readonly string[] = [],
): PlannedKey {
  const bytes = use.encryptionAlgorithm === 'SYMMETRIC_DEFAULT' ? undefined : ciphertextBytes(key.spec);
  const names = [...new Set([...alsoKnownAs, use.key])].filter(name => name !== key.arn);
  return {
    keyArn: key.arn,
    encryptionAlgorithm: use.encryptionAlgorithm,
    alsoKnownAs: names,
    ...(key.spec !== UNKNOWN_SPEC && { keySpec: key.spec }),
    ...(bytes !== undefined && { ciphertextBytes: bytes }),
    ...(key.customKeyStoreId !== undefined && { oneMaterial: true }),
    ...(unusable !== undefined && { unusable }),
  };
}
