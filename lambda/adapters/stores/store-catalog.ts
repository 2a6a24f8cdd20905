import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  GetBucketOwnershipControlsCommand,
  GetBucketVersioningCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type {
  BucketDescription,
  KeyListing,
  Lookup,
  StoreCatalog,
  TableDescription,
} from '../../core/plan/ports.ts';
import { isDenied, messageOf, nameOf } from '../aws/errors.ts';
import type { AwsClients } from '../aws/clients.ts';
import { listObjects } from '../s3/list-objects.ts';

/** What Plan asks about tables and buckets. */
export class AwsStoreCatalog implements StoreCatalog {
  readonly #clients: AwsClients;

  constructor(clients: AwsClients) {
    this.#clients = clients;
  }

  async describeTable({
    region,
    table,
  }: {
    readonly region: string;
    readonly table: string;
  }): Promise<Lookup<TableDescription>> {
    const dynamodb = this.#clients.dynamodb(region);
    return lookup(async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: table }));
      const { ContinuousBackupsDescription: backups } = await dynamodb.send(
        new DescribeContinuousBackupsCommand({ TableName: table }),
      );
      return {
        keyNames: (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []),
        indexNames: [
          ...(Table?.GlobalSecondaryIndexes ?? []),
          ...(Table?.LocalSecondaryIndexes ?? []),
        ].flatMap(({ IndexName }) => IndexName ?? []),
        itemCount: Table?.ItemCount ?? 0,
        sizeBytes: Table?.TableSizeBytes ?? 0,
        streamEnabled: Table?.StreamSpecification?.StreamEnabled ?? false,
        replicaRegions: (Table?.Replicas ?? []).flatMap(({ RegionName }) => RegionName ?? []),
        pointInTimeRecovery: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
      };
    });
  }

  async describeBucket({
    region,
    bucket,
  }: {
    readonly region: string;
    readonly bucket: string;
  }): Promise<Lookup<BucketDescription>> {
    const s3 = this.#clients.s3(region);
    return lookup(async () => {
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
      return {
        versioned: Status === 'Enabled',
        noncurrentVersions: Status !== undefined,
        accessControlLists: await hasAccessControlLists(s3, bucket),
      };
    });
  }

  async listKeys({
    region,
    ...query
  }: {
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
  }): Promise<KeyListing> {
    const { objects, truncated } = await listObjects(this.#clients.s3(region), query);
    return { keys: objects.map(({ key }) => key), truncated };
  }
  async listBelow({
    region,
    bucket,
    prefix,
  }: {
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
  }): Promise<readonly string[] | undefined> {
    try {
      const { folders, objects } = await listObjects(this.#clients.s3(region), {
        bucket,
        prefix,
        delimiter: '/',
      });
      return [...folders, ...objects.map(({ key }) => key)];
    } catch (error) {
      if (isDenied(error)) return undefined;
      throw error;
    }
  }
}

/** Access control lists are off where the bucket owner is enforced, the default since April 2023. */
export async function hasAccessControlLists(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }));
    return OwnershipControls?.Rules?.[0]?.ObjectOwnership !== 'BucketOwnerEnforced';
  } catch (error) {
    if (nameOf(error) === 'OwnershipControlsNotFoundError') return true;
    throw error;
  }
}

async function lookup<Description>(describe: () => Promise<Description>): Promise<Lookup<Description>> {
  try {
    return { kind: 'found', description: await describe() };
  } catch (error) {
    if (
      ['ResourceNotFoundException', 'NoSuchBucket', 'NotFound', 'TableNotFoundException'].includes(
        nameOf(error),
      )
    )
      return { kind: 'not-found' };
    if (isDenied(error)) return { kind: 'denied', message: messageOf(error) };
    throw error;
  }
}
