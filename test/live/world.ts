import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import type { Meter } from './cost/meter.ts';

/** The clients of one Region. */
export interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly states: SFNClient;
  readonly cloudFormation: CloudFormationClient;
  readonly sts: STSClient;
}

/** How AWS is reached: the real one, or an endpoint on loopback. */
export interface Place {
  readonly endpoint?: string;
  readonly meter: Meter;
  readonly credentials?: Session;
}

/** Of a role that was assumed. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Each request that leaves is counted, tries included. */
export function clientsOf(region: string, { endpoint, meter, credentials }: Place): Clients {
  const config = {
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials !== undefined && { credentials }),
  };
  const clients = {
    kms: new KMSClient(config),
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    states: new SFNClient(config),
    cloudFormation: new CloudFormationClient(config),
    sts: new STSClient(config),
  };
  for (const client of Object.values(clients)) meter.watch(client);
  return clients;
}

export function destroy(clients: Clients): void {
  for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
}
