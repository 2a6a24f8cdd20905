import type { OperationContext } from '../protocol/json-protocol.ts';
import type { Key } from './key.ts';
import type { KeyStore } from './key-store.ts';

/**
 * What the condition key `kms:ReEncryptOnSameKey` is for one side of a ReEncrypt; `undefined` for other operations. Of the destination it is
 * known here only where the request names the source.
 */
export function onSameKey(
  store: KeyStore,
  { SourceKeyId, DestinationKeyId }: Readonly<Record<string, unknown>>,
  { operation, key, at }: { readonly operation: string; readonly key: Key; readonly at: OperationContext },
): string | undefined {
  const isKey = (reference: unknown): string => String(keyNamed(store, reference, at) === key);
  if (operation === 'ReEncryptFrom') return isKey(DestinationKeyId);
  return operation === 'ReEncryptTo' && SourceKeyId !== undefined ? isKey(SourceKeyId) : undefined;
}

/** One that is not there is refused later, after permissions. */
function keyNamed(store: KeyStore, reference: unknown, at: OperationContext): Key | undefined {
  try {
    return store.resolve(reference, at);
  } catch {
    return undefined;
  }
}
