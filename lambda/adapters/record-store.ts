import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Store } from '../core/model/job.ts';
import type { RecordStore } from '../core/ports.ts';
import { premise } from './aws-errors.ts';
import type { ClientConfig } from './client-config.ts';
import { DynamoDbRecords } from './dynamodb-records.ts';
import { S3Records } from './s3-records.ts';
import { hasAccessControlLists } from './store-catalog.ts';

/** 32 HEADs or writes in flight, read-ahead and journal: the default of 50 sockets would be the bottleneck. */
const MAX_SOCKETS = 128;
/** Six tries with the SDK's back-off: some seconds of throttling pass, a page never hangs for minutes. */
const MAX_ATTEMPTS = 6;

export function dynamoDbClient(config: ClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    ...config,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { httpAgent: { maxSockets: MAX_SOCKETS }, httpsAgent: { maxSockets: MAX_SOCKETS } },
  });
}

export function s3Client(config: ClientConfig = {}): S3Client {
  return new S3Client({
    ...config,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { httpAgent: { maxSockets: MAX_SOCKETS }, httpsAgent: { maxSockets: MAX_SOCKETS } },
  });
}

/** The records of a job's store. */
export async function openStore(
  store: Store,
  clients: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client },
): Promise<RecordStore> {
  switch (store.type) {
    case 'dynamodb':
      return new DynamoDbRecords(clients.dynamodb, {
        name: store.table,
        keyNames: await keyNames(store.table, clients.dynamodb),
      });
    case 's3':
      return new S3Records(clients.s3, {
        ...store,
        accessControlLists: await accessControlLists(store.bucket, clients.s3),
      });
  }
}

const CURE = "check that it exists and that the job's role is granted it, then start the job again";

async function keyNames(table: string, client: DynamoDBClient): Promise<readonly string[]> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return (Table?.KeySchema ?? []).flatMap(({ AttributeName }) => AttributeName ?? []);
  } catch (error) {
    throw premise('dynamodb.describe', `dynamodb:DescribeTable of ${table}`, error, CURE);
  }
}

async function accessControlLists(bucket: string, client: S3Client): Promise<boolean> {
  try {
    return await hasAccessControlLists(client, bucket);
  } catch (error) {
    throw premise('s3.ownership', `s3:GetBucketOwnershipControls of ${bucket}`, error, CURE);
  }
}
