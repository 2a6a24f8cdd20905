import type { Store } from '../../core/model/job.ts';
import type { RecordStore } from '../../core/ports.ts';
import {
  storeTypeOf,
  type CatalogOf,
  type StoreCatalogs,
  type StoreOf,
  type StoreType,
} from '../../core/stores/registry.ts';
import type { AwsClients } from '../aws/clients.ts';
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
  return adapterOf(store).open(store, options);
}

/** What Plan and retire-check ask about stores, of every kind. */
export function storeCatalogs(clients: AwsClients): StoreCatalogs {
  const catalogs = Object.entries(ADAPTERS).map(([type, adapter]) => [type, adapter.catalog(clients)]);
  return Object.fromEntries(catalogs) as StoreCatalogs;
}

/** The tables, or the buckets, of the caller's account in a Region. */
export function storesIn(type: StoreType, clients: AwsClients, region: string): Promise<readonly string[]> {
  return ADAPTERS[type].namesIn(clients, region);
}

function adapterOf(store: Store): StoreAdapter<Store, unknown> {
  return ADAPTERS[storeTypeOf(store)];
}
