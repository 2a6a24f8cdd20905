import type { StoreKind } from '../store.ts';
import { bucketBackups } from './backups.ts';
import type { BucketCatalog } from './catalog.ts';
import { bucketCalls, bucketCost, bucketSampling } from './cost.ts';
import { judgeEmptyPrefix } from './empty-prefix.ts';
import { inspectBucket } from './inspect.ts';
import { bucketNames } from './names.ts';
import { objectRemarks } from './remarks.ts';
import type { BucketStore } from './schema.ts';
import { bucketParts } from './scope.ts';
import { bucketServerSideKeys } from './server-side-keys.ts';
import { unseenOfBuckets } from './unseen.ts';

/** The objects of an S3 bucket whose keys start with a prefix. */
export const s3Kind: StoreKind<BucketStore, BucketCatalog> = {
  type: 's3',
  records: 'object',
  names: bucketNames,
  scope: bucketParts,
  inspect: inspectBucket,
  judgeEmpty: judgeEmptyPrefix,
  remarks: objectRemarks,
  calls: bucketCalls,
  cost: bucketCost,
  sampling: bucketSampling,
  backups: bucketBackups,
  serverSideKeys: bucketServerSideKeys,
  unseen: unseenOfBuckets,
};
