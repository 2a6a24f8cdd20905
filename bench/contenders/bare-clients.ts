import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms';
import { CopyObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

/** The least that moves a data key: a client of each service, and the calls for one record. Bundled by bench/start.ts. */
export const clients = [new KMSClient(), new DynamoDBClient(), new S3Client()];
export const calls = [
  ...[ReEncryptCommand, ScanCommand, UpdateItemCommand],
  ...[ListObjectsV2Command, HeadObjectCommand, CopyObjectCommand],
];
