import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { EmbeddedAws } from '../../emulator/embedded-aws.ts';
import type { EmbeddedAwsOptions } from '../../emulator/options.ts';
import { emptied, NotOfPeer, type Peer, peerOf, withoutOthers } from './peer.ts';

export interface Embedded {
  readonly aws: EmbeddedAws;
  readonly endpoint: string;
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly states: SFNClient;
  stop(): Promise<void>;
}

/** The embedded AWS in this process, with clients of the real SDK; in `npm run test:peers`, another AWS in its place. */
export async function embedded(options: EmbeddedAwsOptions = {}): Promise<Embedded> {
  const peer = peerOf(process.env);
  if (peer !== undefined) return inPlace(peer);
  const aws = new EmbeddedAws(options);
  const endpoint = await aws.start();
  const clients = clientsOf(endpoint);
  return {
    aws,
    endpoint,
    ...clients,
    stop: async () => {
      ended(clients);
      await aws.stop();
    },
  };
}

async function inPlace(peer: Peer): Promise<Embedded> {
  await emptied(peer);
  const { endpoint } = peer;
  const clients = withoutOthers(clientsOf(endpoint), peer);
  return {
    get aws(): EmbeddedAws {
      throw new NotOfPeer('only the embedded AWS itself has this');
    },
    endpoint,
    ...clients,
    stop: () => {
      ended(clients);
      return Promise.resolve();
    },
  };
}

function ended(clients: ReturnType<typeof clientsOf>): void {
  for (const client of Object.values(clients)) client.destroy();
}

function clientsOf(endpoint: string) {
  const config = { endpoint, region: 'us-east-1', maxAttempts: 1 };
  return {
    kms: new KMSClient(config),
    dynamodb: new DynamoDBClient(config),
    s3: new S3Client(config),
    states: new SFNClient(config),
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
