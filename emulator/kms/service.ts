import { jsonService, type Operation } from '../protocol/json-protocol.ts';
import type { Service } from '../protocol/request.ts';
import { cryptoOperations } from './crypto-operations.ts';
import { CustomKeyStores, customKeyStoreOperations } from './custom-key-stores.ts';
import { grantOperations } from './grant-operations.ts';
import { Grants } from './grants.ts';
import { importOperations } from './import-operations.ts';
import { keyOperations } from './key-operations.ts';
import { KeyStore } from './key-store.ts';
import { LastUsages } from './last-usage.ts';
import { KeyPermissions } from './permissions.ts';
import { signingOperations } from './signing.ts';
import { RequestQuota } from './request-quota.ts';
import { telling, type TellCall } from './told-calls.ts';

export interface KeysOfAws {
  readonly store: KeyStore;
  readonly grants: Grants;
  readonly permissions: KeyPermissions;
  readonly tell: TellCall;
}

/** @param tell is told of every call, those included that services make for their callers */
export function keysOfAws(store: KeyStore = new KeyStore(), tell: TellCall = () => undefined): KeysOfAws {
  const grants = new Grants();
  return { store, grants, tell, permissions: new KeyPermissions(store, grants, tell) };
}

/** AWS KMS on loopback. behaviour.md says what it does and does not do. */
export function kmsService(
  { store, grants, permissions, tell }: KeysOfAws = keysOfAws(),
  quota = new RequestQuota(),
): Service {
  const stores = new CustomKeyStores();
  const usages = new LastUsages();
  const operations = {
    ...keyOperations(store, stores),
    ...cryptoOperations({ store, grants, usages, permissions }),
    ...usages.operations(store),
    ...usages.trackingAll(signingOperations(store)),
    ...grantOperations(store, grants),
    ...importOperations(store),
    ...customKeyStoreOperations(store, stores),
  };
  const asking = Object.entries(operations).map(([name, operation]): [string, Operation] => [
    name,
    asksItself(name) ? operation : asked(name, operation, { store, permissions }),
  ]);
  const counted = asking.map(([name, operation]): [string, Operation] => {
    const told = telling(name, operation, { store, tell });
    return [
      name,
      (input, at) => {
        quota.need(name, at);
        return told(input, at);
      },
    ];
  });
  return jsonService(Object.fromEntries(counted), '1.1');
}

/** Which key these operations use is known only when they have looked at their ciphertext. */
function asksItself(name: string): boolean {
  return ['Decrypt', 'ReEncrypt'].includes(name);
}

/** Most operations name one key and have one action, of the same name. */
function asked(
  name: string,
  operation: Operation,
  { store, permissions }: Pick<KeysOfAws, 'store' | 'permissions'>,
): Operation {
  return (input, at) => {
    const reference = input['KeyId'] ?? input['TargetKeyId'];
    if (reference === undefined) permissions.needWithoutKey({ operation: name, input }, at);
    else permissions.needOperation(store.resolve(reference, at), { operation: name, input }, at);
    return operation(input, at);
  };
}
