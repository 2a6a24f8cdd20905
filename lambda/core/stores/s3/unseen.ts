import type { Unseen } from '../store.ts';
import type { BucketStore } from './schema.ts';

export const unseenOfBuckets: Unseen<BucketStore> = {
  always: [
    'bodies of objects that the format does not read: of the others only metadata, tags and headers are read',
  ],
  of: ({ versions }) =>
    versions === 'all' ? [] : ['noncurrent versions of objects: they keep their former data keys'],
};
