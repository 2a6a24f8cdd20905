import { randomBytes } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { Operation } from '../protocol/json-protocol.ts';
import type { KeyStore } from './key-store.ts';
import { oneOf, text } from './members.ts';
import { page } from './paging.ts';

interface CustomKeyStore {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  connected: boolean;
}

/** Custom key stores: AWS CloudHSM and external ones. A disconnected store makes its keys unavailable. */
export class CustomKeyStores {
  readonly #stores = new Map<string, CustomKeyStore>();

  get(id: unknown): CustomKeyStore {
    const found = this.#stores.get(String(id));
    if (found === undefined)
      throw new AwsError('CustomKeyStoreNotFoundException', `Custom key store ${String(id)} is not found.`);
    return found;
  }

  /** The origin of keys in a store. Keys can be created only in a connected store. */
  originIn(id: unknown): string {
    const { type, connected } = this.get(id);
    if (!connected)
      throw new AwsError('CustomKeyStoreInvalidStateException', `${String(id)} is disconnected.`);
    return type;
  }

  create(name: string, type: string): CustomKeyStore {
    const store = { id: `cks-${randomBytes(8).toString('hex')}`, name, type, connected: false };
    this.#stores.set(store.id, store);
    return store;
  }

  all(): readonly CustomKeyStore[] {
    return [...this.#stores.values()];
  }
}

export function customKeyStoreOperations(
  keys: KeyStore,
  stores: CustomKeyStores,
): Readonly<Record<string, Operation>> {
  const connect = (id: unknown, connected: boolean): void => {
    const store = stores.get(id);
    store.connected = connected;
    for (const key of keys.keysIn(store.id)) {
      if (connected && key.state === 'Unavailable') key.state = 'Enabled';
      if (!connected && key.state === 'Enabled') key.state = 'Unavailable';
    }
  };
  return {
    CreateCustomKeyStore: input => ({
      CustomKeyStoreId: stores.create(
        text(input, 'CustomKeyStoreName'),
        oneOf(input, 'CustomKeyStoreType', ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'], 'AWS_CLOUDHSM'),
      ).id,
    }),
    ConnectCustomKeyStore: input => connect(input['CustomKeyStoreId'], true),
    DisconnectCustomKeyStore: input => connect(input['CustomKeyStoreId'], false),
    DescribeCustomKeyStores: input =>
      page(
        input,
        'CustomKeyStores',
        stores.all().map(({ id, name, type, connected }) => ({
          CustomKeyStoreId: id,
          CustomKeyStoreName: name,
          CustomKeyStoreType: type,
          ConnectionState: connected ? 'CONNECTED' : 'DISCONNECTED',
        })),
      ),
  };
}
