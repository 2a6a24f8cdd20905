import { jsonService } from '../json-protocol.ts';
import type { Service } from '../request.ts';
import { cryptoOperations } from './crypto-operations.ts';
import { keyOperations } from './key-operations.ts';
import { KeyStore } from './key-store.ts';

/** AWS KMS on loopback. What it does and does not do: behaviour.md. */
export function kmsService(store: KeyStore = new KeyStore()): Service {
  return jsonService({ ...keyOperations(store), ...cryptoOperations(store) }, '1.1');
}
