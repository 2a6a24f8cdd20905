import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketStore, Store, TableStore } from '../../core/model/job.ts';
import type { RecordStore } from '../../core/ports.ts';
import { isTransient, premise } from '../aws/errors.ts';
import type { AwsClients } from '../aws/clients.ts';
import { CopiedRecords } from '../records/copied-records.ts';
import { DynamoDbRecords, type Table } from '../dynamodb/records.ts';
import { S3Records } from '../s3/records.ts';
import { hasAccessControlLists } from './store-catalog.ts';

export interface OpenOptions {
  readonly clients: AwsClients;
  /** The Region of stores that name none. */
  readonly region: string;
  /** Contexts are made of object tags. */
  readonly tags: boolean;
}

/** The records of a job's store; of a store that is copied, those of its destination. */
export async function openStore(store: Store, options: OpenOptions): Promise<RecordStore> {
  switch (store.type) {
    case 'dynamodb':
      return openTable(store, options);
    case 's3':
      return openBucket(store, options);
  }
}

async function openTable(store: TableStore, { clients, region }: OpenOptions): Promise<RecordStore> {
  const { table, copyTo, scope } = store;
  const open = async (place: Omit<Table, 'keyNames'>, client: DynamoDBClient): Promise<DynamoDbRecords> =>
    new DynamoDbRecords(client, { ...place, keyNames: await keyNames(place.name, client) });
  const source = await open(
    { name: table, ...(scope !== undefined && { scope }) },
    clients.dynamodb(store.region ?? region),
  );
  if (copyTo === undefined) return source;
  const target = await open({ name: copyTo.table }, clients.dynamodb(copyTo.region));
  return new CopiedRecords(source, target, copyTo.createMissing);
}

async function openBucket(store: BucketStore, { clients, region, tags }: OpenOptions): Promise<RecordStore> {
  const { bucket, prefix, copyTo, scope } = store;
  const client = clients.s3(store.region ?? region);
  const source = new S3Records(client, {
    bucket,
    prefix,
    tags,
    ...(scope !== undefined && { scope }),
    accessControlLists: await accessControlLists(bucket, client),
  });
  if (copyTo === undefined) return source;
  const { serverSideEncryptionKey } = copyTo;
  const there = clients.s3(copyTo.region);
  const target = new S3Records(there, {
    bucket: copyTo.bucket,
    prefix,
    tags,
    accessControlLists: await accessControlLists(copyTo.bucket, there),
    copyFrom: { bucket, ...(serverSideEncryptionKey !== undefined && { serverSideEncryptionKey }) },
  });
  return new CopiedRecords(source, target, copyTo.createMissing);
}

const CURE = "check that it exists and that the job's role is granted it, then start the job again";

async function keyNames(table: string, client: DynamoDBClient): Promise<readonly string[]> {
  try {
    const { Table: described } = await client.send(new DescribeTableCommand({ TableName: table }));
    return (described?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
  } catch (error) {
    if (isTransient(error)) throw error;
    throw premise('dynamodb.describe', `dynamodb:DescribeTable of ${table}`, error, CURE);
  }
}

async function accessControlLists(bucket: string, client: S3Client): Promise<boolean> {
  try {
    return await hasAccessControlLists(client, bucket);
  } catch (error) {
    if (isTransient(error)) throw error;
    throw premise('s3.ownership', `s3:GetBucketOwnershipControls of ${bucket}`, error, CURE);
  }
}
