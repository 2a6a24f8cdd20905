import { sourceRegion } from '../../lambda/core/model/job-routes.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import { tablePlaces } from './dynamodb.ts';
import type { Place } from './place.ts';
import { bucketPlaces } from './s3.ts';

/** The places of each kind of store. A new kind is a file beside the others and a line here. */
const PLACES: {
  readonly [Type in Store['type']]: (
    store: Extract<Store, { readonly type: Type }>,
    region: string,
  ) => readonly Place[];
} = { dynamodb: tablePlaces, s3: bucketPlaces };

/** Where a job works: each of its stores and, of those that are copied, the place of the copy. */
export function placesOf(job: Job): readonly Place[] {
  return job.stores.flatMap(store => placesOfStore(store, store.region ?? sourceRegion(job)));
}

function placesOfStore<Type extends Store['type']>(
  store: Extract<Store, { readonly type: Type }> & { readonly type: Type },
  region: string,
): readonly Place[] {
  return PLACES[store.type](store, region);
}
