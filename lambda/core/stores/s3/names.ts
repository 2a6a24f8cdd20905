import type { StoreNames } from '../store.ts';
import type { BucketStore } from './schema.ts';

/** Keys stay as they are in a copy, so both places have the prefix. */
export const bucketNames: StoreNames<BucketStore> = {
  uniqueIn: 'partition',
  own: ({ bucket, prefix }) => ({ name: bucket, prefix }),
  copy: ({ copyTo, prefix }) => copyTo && { name: copyTo.bucket, prefix },
};
