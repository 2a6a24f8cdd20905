import { isAsymmetric, isSameKey, type PlannedKey } from '../model/key-use.ts';
import type { Reply } from '../keys/check-reply.ts';

/** What the report says where KMS does not say it. */
export const NOT_TOLD =
  'KMS does not name the key material that it is under (no SourceKeyMaterialId or DestinationKeyMaterialId in its answer), so nobody can know whether that is the current one; ask an endpoint of KMS that does, or move to another key';

/** The keys of a plan: whether it moves data keys to new material of a key that they are under already. */
export interface MovedKeys {
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

/**
 * Whether a ciphertext is under the key material that its key encrypts with now, as a ReEncrypt under that same key tells.
 * KMS names materials of symmetric keys. Two that are not named are not known to be equal: only where the job moves data
 * keys to another key, any material of that key will do.
 */
export function materialAge(
  { source, destination }: Reply,
  keys: MovedKeys,
): 'current' | 'older' | 'not-told' {
  if (source.keyMaterialId !== undefined && destination.keyMaterialId !== undefined)
    return source.keyMaterialId === destination.keyMaterialId ? 'current' : 'older';
  return mustTellMaterial(keys) ? 'not-told' : 'current';
}

/** Within one key, its material is all that may be new; a key that can have one material only has nothing to tell. */
export function mustTellMaterial({ sources, destination }: MovedKeys): boolean {
  return (
    !isAsymmetric(destination) &&
    destination.oneMaterial !== true &&
    sources.some(({ keyArn }) => isSameKey(keyArn, destination.keyArn))
  );
}
