import type { Unseen } from '../store.ts';
import type { BucketStore } from './schema.ts';

export const unseenOfBuckets: Unseen<BucketStore> = {
  always: [
    'bodies of objects, instruction files among them: only metadata, tags and headers are read',
    'noncurrent versions of objects: they keep the data keys that they had',
  ],
  of: () => [],
};
