import {
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  paginateListBuckets,
  type S3Client,
} from '@aws-sdk/client-s3';
import { needsOf } from '../../core/model/format.ts';
import type { BucketCatalog, VersionPage } from '../../core/stores/s3/catalog.ts';
import { requestsOfCopy, type CopyLimits } from '../../core/stores/s3/copy-in-parts.ts';
import type { BucketStore } from '../../core/stores/s3/schema.ts';
import type { RecordStore } from '../../core/ports.ts';
import type { AwsClients } from '../aws/clients.ts';
import { isDenied, nameOf } from '../aws/errors.ts';
import { CopiedRecords } from '../records/copied-records.ts';
import { lookup, needed, type OpenOptions, type StoreAdapter } from '../records/store-adapter.ts';
import { bucketDefaults, defaultEncryption, seen } from './bucket-defaults.ts';
import { tellsEventBridge } from './bucket-events.ts';
import { listObjects } from './list-objects.ts';
import { decodeMarker, encodeMarker, listVersions } from './list-versions.ts';
import { leanObjectCalls } from './object-calls.ts';
import { S3Records } from './records.ts';

/** Buckets over the S3 API. */
export const bucketAdapter: StoreAdapter<BucketStore, BucketCatalog> = { open: openBucket, namesIn, catalog };

interface OpenBucketOptions extends OpenOptions {
  /** What one request copies. @default what S3 takes; less, where copies in parts are rehearsed */
  readonly copyLimits?: CopyLimits;
}

export async function openBucket(store: BucketStore, options: OpenBucketOptions): Promise<RecordStore> {
  const { clients, region, deadline, copyLimits: limits } = options;
  const needs = needsOf(options);
  const writing = { ...(deadline !== undefined && { deadline }), ...(limits !== undefined && { limits }) };
  const { bucket, prefix, copyTo, scope, versions } = store;
  const client = clients.s3(store.region ?? region);
  const source = new S3Records(client, {
    bucket,
    prefix,
    ...{ needs, ...writing },
    ...(scope !== undefined && { scope }),
    ...(versions !== undefined && { versions }),
    calls: leanObjectCalls(clients, client),
    accessControlLists: await accessControlLists(bucket, client),
  });
  if (copyTo === undefined) return source;
  const { serverSideEncryptionKey } = copyTo;
  const there = clients.s3(copyTo.region);
  const target = new S3Records(there, {
    bucket: copyTo.bucket,
    prefix,
    ...{ needs, ...writing },
    calls: leanObjectCalls(clients, there),
    accessControlLists: await accessControlLists(copyTo.bucket, there),
    copyFrom: { bucket, client, ...(serverSideEncryptionKey !== undefined && { serverSideEncryptionKey }) },
  });
  return new CopiedRecords(source, target, copyTo.createMissing);
}

function accessControlLists(bucket: string, client: S3Client): Promise<boolean> {
  const about = { code: 's3.ownership', call: `s3:GetBucketOwnershipControls of ${bucket}` };
  return needed(about, () => hasAccessControlLists(client, bucket));
}

/** Access control lists are off where the bucket owner is enforced, the default since April 2023. */
async function hasAccessControlLists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }));
    return OwnershipControls?.Rules?.[0]?.ObjectOwnership !== 'BucketOwnerEnforced';
  } catch (error) {
    if (nameOf(error) === 'OwnershipControlsNotFoundError') return true;
    throw error;
  }
}

/** S3 has thousands of buckets of an account in pages, and names those of one Region only where it is asked in that Region. */
async function namesIn(clients: AwsClients, region: string): Promise<readonly string[]> {
  const names: string[] = [];
  const pages = paginateListBuckets(
    { client: clients.s3(region), pageSize: 1_000 },
    { BucketRegion: region },
  );
  for await (const { Buckets = [] } of pages) names.push(...Buckets.flatMap(({ Name }) => Name ?? []));
  return names;
}

function catalog(clients: AwsClients): BucketCatalog {
  return {
    describeBucket({ region, bucket }) {
      const s3 = clients.s3(region);
      return lookup(async () => {
        const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
        return {
          versioned: Status === 'Enabled',
          noncurrentVersions: Status !== undefined,
          accessControlLists: await hasAccessControlLists(s3, bucket),
        };
      });
    },

    describeDefaults({ region, bucket, encryption }) {
      return bucketDefaults(clients.s3(region), { bucket, encryption });
    },

    defaultEncryption({ region, bucket }) {
      return seen(() => defaultEncryption(clients.s3(region), bucket));
    },

    tellsEventBridge: ({ region, bucket }) => seen(() => tellsEventBridge(clients.s3(region), bucket)),

    async listKeys({ region, ...query }) {
      const { objects, truncated } = await listObjects(clients.s3(region), query);
      const copyRequests = objects.reduce((sum, object) => sum + requestsOfCopy(object), 0);
      return { keys: objects.map(({ key }) => key), copyRequests, truncated };
    },

    listVersions({ region, ...query }) {
      return seen(() => versionPage(clients.s3(region), query));
    },

    async listBelow({ region, ...query }) {
      try {
        const { folders, objects } = await listObjects(clients.s3(region), { ...query, delimiter: '/' });
        return [...folders, ...objects.map(({ key }) => key)];
      } catch (error) {
        if (isDenied(error)) return undefined;
        throw error;
      }
    },
  };
}

async function versionPage(
  s3: S3Client,
  {
    after,
    ...query
  }: { readonly bucket: string; readonly prefix: string; readonly after?: string | undefined },
): Promise<VersionPage> {
  const marker = after === undefined ? {} : { after: decodeMarker(after) };
  const page = await listVersions(s3, { ...query, ...marker, limit: 1_000 });
  const { versions, deleteMarkers, truncated, next } = page;
  return {
    versions: versions.filter(({ current }) => !current).length,
    ...{ deleteMarkers, truncated },
    ...(next !== undefined && { next: encodeMarker(next) }),
  };
}
