import { jsonService } from '../protocol/json-protocol.ts';
import type { Service } from '../protocol/request.ts';
import { cryptoOperations } from './crypto-operations.ts';
import { CustomKeyStores, customKeyStoreOperations } from './custom-key-stores.ts';
import { Grants, grantOperations } from './grants.ts';
import { importOperations } from './import-operations.ts';
import { keyOperations } from './key-operations.ts';
import { KeyStore } from './key-store.ts';
import { LastUsages } from './last-usage.ts';

/** AWS KMS on loopback. behaviour.md says what it does and does not do. */
export function kmsService(store: KeyStore = new KeyStore()): Service {
  const grants = new Grants();
  const stores = new CustomKeyStores();
  const usages = new LastUsages();
  const operations = {
    ...keyOperations(store, stores),
    ...cryptoOperations(store, grants, usages),
    ...usages.operations(store),
    ...grantOperations(store, grants),
    ...importOperations(store),
    ...customKeyStoreOperations(store, stores),
  };
  return jsonService(operations, '1.1');
}
