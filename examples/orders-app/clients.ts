import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';

/** The AWS clients of the sample application. */
export interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
}

export function clients(config: { readonly endpoint?: string; readonly region: string }): Clients {
  return { kms: new KMSClient(config), dynamodb: new DynamoDBClient(config), s3: new S3Client(config) };
}

/** Requests in flight. */
export const IN_FLIGHT = 40;
