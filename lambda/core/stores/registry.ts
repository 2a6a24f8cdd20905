import { PremiseBroken } from '../model/errors.ts';
import type { AssumedRole, Store } from '../model/job.ts';
import { dynamoDbKind } from './dynamodb/index.ts';
import { s3Kind } from './s3/index.ts';
import type { BucketStore } from './s3/schema.ts';
import type { StoreKind } from './store.ts';

/** Every kind of store. A new one is a folder beside the others and a line here; the compiler asks for the adapters. */
export const STORES = {
  dynamodb: dynamoDbKind,
  s3: s3Kind,
} as const satisfies Readonly<Record<string, StoreKind>>;

export type StoreType = keyof typeof STORES;

/** A store of a kind, as a job writes it. */
export type StoreOf<Type extends StoreType> =
  (typeof STORES)[Type] extends StoreKind<infer S, infer _> ? S : never;

/** What Plan and retire-check ask of the service of a kind. */
export type CatalogOf<Type extends StoreType> =
  (typeof STORES)[Type] extends StoreKind<infer _, infer Catalog> ? Catalog : never;

export type StoreCatalogs = { readonly [Type in StoreType]: CatalogOf<Type> } & {
  /** What a role of another account sees. */
  readonly assuming: (role: AssumedRole) => StoreCatalogs;
  readonly mayAssume: (role: AssumedRole) => Promise<MayAssume>;
};

export type MayAssume =
  | { readonly kind: 'allowed' }
  /** In the words of STS, with what to do. */
  | { readonly kind: 'denied'; readonly message: string };

interface Typed {
  readonly type: string;
}

interface Seen extends Typed {
  readonly assumeRole?: AssumedRole;
}

/** The kind of a store, or of a place. */
export function kindOf(store: Typed): StoreKind {
  return STORES[storeTypeOf(store)];
}

/** What is asked of the service of that store, with its role where it names one. */
export function catalogOf(catalogs: StoreCatalogs, { assumeRole, ...store }: Seen): unknown {
  const seen = assumeRole === undefined ? catalogs : catalogs.assuming(assumeRole);
  return seen[storeTypeOf(store)];
}

/** Throws PremiseBroken for a kind that this version does not know, as in a plan of a later version. */
export function storeTypeOf({ type }: Typed): StoreType {
  if (isStoreType(type)) return type;
  throw new PremiseBroken(
    'stores.unknownKind',
    `this deployment knows no kind of store '${type}'; deploy the version that has it`,
  );
}

export function isBucketStore(store: Store): store is BucketStore {
  return store.type === s3Kind.type;
}

function isStoreType(type: string): type is StoreType {
  return Object.hasOwn(STORES, type);
}
