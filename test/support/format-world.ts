import {
  CreateTableCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  GenerateDataKeyCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { readFileSync } from 'node:fs';
import { embedded, type Embedded } from './embedded.ts';
import { JobPlayer, type PlayedJob } from './play-job.ts';

export type Context = Readonly<Record<string, string>>;
export type Item = Readonly<Record<string, AttributeValue>>;

/** A data key as an application gets it from KMS. */
export interface MadeDataKey {
  readonly plaintext: Buffer;
  readonly ciphertext: Buffer;
}

/** An account in which an application has written, and in which an example job is played. */
export class FormatWorld {
  readonly aws: Embedded;
  readonly player: JobPlayer;
  readonly job: {
    readonly source: { readonly keys: readonly string[] };
    readonly destination: { readonly key: string };
  };

  private constructor(aws: Embedded, job: FormatWorld['job']) {
    this.aws = aws;
    this.job = job;
    this.player = new JobPlayer(aws);
  }

  /** @param name of a file in examples/jobs/formats */
  static async for(name: string): Promise<FormatWorld> {
    const job = JSON.parse(readFileSync(`examples/jobs/formats/${name}.json`, 'utf8')) as FormatWorld['job'];
    const world = new FormatWorld(await embedded(), job);
    for (const alias of [...job.source.keys, job.destination.key]) await world.#keyFor(alias);
    return world;
  }

  stop(): Promise<void> {
    return this.aws.stop();
  }

  get source(): string {
    return this.job.source.keys[0] ?? '';
  }

  async #keyFor(alias: string): Promise<void> {
    const { KeyMetadata } = await this.aws.kms.send(new CreateKeyCommand({}));
    const AliasName = alias.slice(alias.indexOf(':alias/') + 1);
    await this.aws.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyMetadata?.KeyId }));
  }

  async arnOf(KeyId: string): Promise<string> {
    const { KeyMetadata } = await this.aws.kms.send(new DescribeKeyCommand({ KeyId }));
    return KeyMetadata?.Arn ?? '';
  }

  async dataKey(EncryptionContext: Context): Promise<MadeDataKey> {
    const made = await this.aws.kms.send(
      new GenerateDataKeyCommand({ KeyId: this.source, KeySpec: 'AES_256', EncryptionContext }),
    );
    return { plaintext: Buffer.from(made.Plaintext!), ciphertext: Buffer.from(made.CiphertextBlob!) };
  }

  /** As a reader asks: it names no key. */
  async decrypt(CiphertextBlob: Uint8Array, EncryptionContext: Context): Promise<Buffer> {
    const { Plaintext } = await this.aws.kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    return Buffer.from(Plaintext!);
  }

  async table(TableName: string, items: readonly Item[], key = 'id'): Promise<void> {
    await this.aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (const Item of items) await this.aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
  }

  async items(TableName: string): Promise<readonly Item[]> {
    return (await this.aws.dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];
  }

  async bucket(Bucket: string): Promise<void> {
    await this.aws.s3.send(new CreateBucketCommand({ Bucket }));
  }

  async put(Bucket: string, Key: string, Body: string | Uint8Array, Metadata: Context = {}): Promise<void> {
    await this.aws.s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata }));
  }

  async get(Bucket: string, Key: string): Promise<{ readonly body: Buffer; readonly metadata: Context }> {
    const { Body, Metadata = {} } = await this.aws.s3.send(new GetObjectCommand({ Bucket, Key }));
    return { body: Buffer.from(await Body!.transformToByteArray()), metadata: Metadata };
  }

  /** Plays the job, and then takes the old key away from every reader. */
  async moved(): Promise<PlayedJob> {
    const played = await this.player.play(this.job);
    await this.aws.kms.send(new DisableKeyCommand({ KeyId: await this.arnOf(this.source) }));
    return played;
  }
}
