import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { EmbeddedAwsOptions } from '../../emulator/options.ts';

export interface Embedded {
  readonly aws: EmbeddedAws;
  readonly endpoint: string;
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly states: SFNClient;
  stop(): Promise<void>;
}

/** The embedded AWS in this process, with clients of the real SDK. */
export async function embedded(options: EmbeddedAwsOptions = {}): Promise<Embedded> {
  const aws = new EmbeddedAws(options);
  const endpoint = await aws.start();
  const config = { endpoint, region: 'us-east-1', maxAttempts: 1 };
  const clients = {
    kms: new KMSClient(config),
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    states: new SFNClient(config),
  };
  return {
    aws,
    endpoint,
    ...clients,
    stop: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await aws.stop();
    },
  };
}

/** The name of the error that a call fails with, or 'none' if the call succeeds. */
export async function errorName(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error: unknown) => (error as Error).name,
  );
}

/** The ARN of a new key that IAM policies of its account decide about. */
export async function createKey(kms: KMSClient): Promise<string> {
  return (await kms.send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
}
