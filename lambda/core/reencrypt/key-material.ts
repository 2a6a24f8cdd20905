import { isAsymmetric, isSameKey, type PlannedKey } from '../model/key-use.ts';
import type { Reply } from '../keys/check-reply.ts';

/** What the report says if KMS does not name the key material. */
export const NOT_TOLD =
  'KMS does not name the key material that it is under (no SourceKeyMaterialId or DestinationKeyMaterialId in its answer), so it cannot be known whether that is the current one; use a KMS endpoint that names it, or move to another key';

/** The keys of a plan: whether it moves data keys to new material of a key that they are under already. */
export interface MovedKeys {
  readonly sources: readonly PlannedKey[];
  readonly destination: PlannedKey;
}

/**
 * Whether a ciphertext is under its key's current key material, as a ReEncrypt under the same key shows. KMS names the
 * materials of symmetric keys. If it does not, two materials cannot be known to be equal; but if the job moves data keys to
 * another key, any material of that key will do.
 */
export function materialAge(
  { source, destination }: Reply,
  keys: MovedKeys,
): 'current' | 'older' | 'not-told' {
  if (source.keyMaterialId !== undefined && destination.keyMaterialId !== undefined)
    return source.keyMaterialId === destination.keyMaterialId ? 'current' : 'older';
  return mustTellMaterial(keys) ? 'not-told' : 'current';
}

/** A job that moves data keys within one key is only about its material, unless the key can never have another one. */
export function mustTellMaterial({ sources, destination }: MovedKeys): boolean {
  return (
    !isAsymmetric(destination) &&
    destination.oneMaterial !== true &&
    sources.some(({ keyArn }) => isSameKey(keyArn, destination.keyArn))
  );
}
