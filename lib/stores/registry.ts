import { sourceRegion } from '../../lambda/core/model/job-regions.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { storeTypeOf, type StoreOf, type StoreType } from '../../lambda/core/stores/registry.ts';
import { assumedPlace } from './assumed-place.ts';
import { tablePlaces } from './dynamodb.ts';
import type { Place } from './place.ts';
import { bucketPlaces } from './s3.ts';

/** The place of a store and, where it is copied, the place of the copy. `region`: the store's. */
type PlacesOf<S extends Store> = (store: S, region: string) => readonly Place[];

/** The places of each kind of store of core/stores/registry.ts: without one of them this does not compile. */
const PLACES: { readonly [Type in StoreType]: PlacesOf<StoreOf<Type>> } = {
  dynamodb: tablePlaces,
  s3: bucketPlaces,
};

/** Where the functions work: each store of a job and, of those that are copied, the place of the copy. */
export function placesOf(job: Job): readonly Place[] {
  return job.stores.flatMap(store =>
    store.assumeRole === undefined ? realPlaces(job, store) : [assumedPlace(store.assumeRole)],
  );
}

/** Where a role works that is assumed for some stores of a job. */
export function placesOfRole(job: Job, roleArn: string): readonly Place[] {
  return job.stores
    .filter(({ assumeRole }) => assumeRole?.roleArn === roleArn)
    .flatMap(store => realPlaces(job, store));
}

function realPlaces(job: Job, store: Store): readonly Place[] {
  const places = PLACES[storeTypeOf(store)] as PlacesOf<Store>;
  return places(store, store.region ?? sourceRegion(job));
}
