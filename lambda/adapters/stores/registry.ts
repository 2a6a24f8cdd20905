import type { AssumedRole, Store } from '../../core/model/job.ts';
import type { RecordStore } from '../../core/ports.ts';
import {
  storeTypeOf,
  type CatalogOf,
  type MayAssume,
  type StoreCatalogs,
  type StoreOf,
  type StoreType,
} from '../../core/stores/registry.ts';
import type { AwsClients } from '../aws/clients.ts';
import { isDenied } from '../aws/errors.ts';
import { LOOKING } from '../aws/role-session.ts';
import { tableAdapter } from '../dynamodb/table-store.ts';
import type { OpenOptions, StoreAdapter } from '../records/store-adapter.ts';
import { bucketAdapter } from '../s3/bucket-store.ts';

/** An adapter for each kind of store of core/stores/registry.ts: without one of them this does not compile. */
const ADAPTERS: { readonly [Type in StoreType]: StoreAdapter<StoreOf<Type>, CatalogOf<Type>> } = {
  dynamodb: tableAdapter,
  s3: bucketAdapter,
};

/** The records of a job's store; of a store that is copied, those of its destination. */
export function openStore(store: Store, options: OpenOptions): Promise<RecordStore> {
  const { assumeRole } = store;
  const { clients: own, session = LOOKING } = options;
  const clients = assumeRole === undefined ? own : own.assuming(assumeRole, session);
  return adapterOf(store).open(store, { ...options, clients });
}

/** What Plan and retire-check ask about stores, of every kind. Roles are assumed to read. */
export function storeCatalogs(clients: AwsClients, name: string = LOOKING.name): StoreCatalogs {
  const catalogs = Object.entries(ADAPTERS).map(([type, adapter]) => [type, adapter.catalog(clients)]);
  const as = (role: AssumedRole): AwsClients => clients.assuming(role, { name, access: 'read' });
  return {
    ...(Object.fromEntries(catalogs) as Omit<StoreCatalogs, 'assuming' | 'mayAssume'>),
    assuming: role => storeCatalogs(as(role), name),
    mayAssume: role => mayAssume(as(role)),
  };
}

async function mayAssume(clients: AwsClients): Promise<MayAssume> {
  try {
    await clients.dynamodb().config.credentials();
    return { kind: 'allowed' };
  } catch (error) {
    if (error instanceof Error && isDenied(error)) return { kind: 'denied', message: error.message };
    throw error;
  }
}

/** The tables, or the buckets, of the caller's account in a Region. */
export function storesIn(type: StoreType, clients: AwsClients, region: string): Promise<readonly string[]> {
  return ADAPTERS[type].namesIn(clients, region);
}

function adapterOf(store: Store): StoreAdapter<Store, unknown> {
  return ADAPTERS[storeTypeOf(store)];
}
