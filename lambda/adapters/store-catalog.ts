import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
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
} from '../core/plan/ports.ts';
import { isDenied, messageOf, nameOf } from './aws-errors.ts';
import { listKeys } from './s3-records.ts';

/** What Plan asks about tables and buckets. */
export class AwsStoreCatalog implements StoreCatalog {
  readonly #dynamodb: DynamoDBClient;
  readonly #s3: S3Client;

  constructor({ dynamodb, s3 }: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client }) {
    this.#dynamodb = dynamodb;
    this.#s3 = s3;
  }

  async describeTable(table: string): Promise<Lookup<TableDescription>> {
    return lookup(async () => {
      const { Table } = await this.#dynamodb.send(new DescribeTableCommand({ TableName: table }));
      const { ContinuousBackupsDescription: backups } = await this.#dynamodb.send(
        new DescribeContinuousBackupsCommand({ TableName: table }),
      );
      return {
        itemCount: Table?.ItemCount ?? 0,
        sizeBytes: Table?.TableSizeBytes ?? 0,
        streamEnabled: Table?.StreamSpecification?.StreamEnabled ?? false,
        replicaRegions: (Table?.Replicas ?? []).flatMap(({ RegionName }) => RegionName ?? []),
        pointInTimeRecovery: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
      };
    });
  }

  async describeBucket(bucket: string): Promise<Lookup<BucketDescription>> {
    return lookup(async () => {
      const { Status } = await this.#s3.send(new GetBucketVersioningCommand({ Bucket: bucket }));
      return {
        versioned: Status === 'Enabled',
        accessControlLists: await hasAccessControlLists(this.#s3, bucket),
      };
    });
  }

  async listKeys(query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
  }): Promise<KeyListing> {
    return listKeys(this.#s3, query);
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
