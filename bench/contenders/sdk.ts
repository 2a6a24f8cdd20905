import {
  DynamoDBClient,
  paginateScan,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { KMSClient, ReEncryptCommand } from '@aws-sdk/client-kms';
import { CopyObjectCommand, HeadObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { BenchStore, Task } from './messages.ts';

/** A record with one data key, as it was read. */
export interface OldRecord {
  readonly dataKey: Uint8Array;
  readonly key: Record<string, AttributeValue>;
  readonly objectKey: string;
  readonly etag: string | undefined;
}

const CONTEXT = { purpose: 'bench' };
const MOST_SOCKETS = 64;

/** The documented calls over the SDK: read records, re-encrypt a data key, write it back if the record is as it was. */
export class SdkCalls {
  readonly #task: Task;
  readonly #kms: KMSClient;
  readonly #dynamodb: DynamoDBClient;
  readonly #s3: S3Client;

  constructor(task: Task) {
    this.#task = task;
    const httpAgent = { keepAlive: true, maxSockets: MOST_SOCKETS };
    const config = { endpoint: task.endpoint, requestHandler: { httpAgent } };
    this.#kms = new KMSClient(config);
    this.#dynamodb = new DynamoDBClient(config);
    this.#s3 = new S3Client({ ...config, forcePathStyle: true });
  }

  records(): AsyncIterable<OldRecord> {
    const { store } = this.#task;
    return store.kind === 'table' ? this.#items(store.name) : this.#objects(store);
  }

  async reEncrypt(dataKey: Uint8Array): Promise<Uint8Array> {
    const { source, destination } = this.#task.keys;
    const { CiphertextBlob = new Uint8Array() } = await this.#kms.send(
      new ReEncryptCommand({
        ...{ CiphertextBlob: dataKey, SourceKeyId: source, DestinationKeyId: destination },
        ...{ SourceEncryptionContext: CONTEXT, DestinationEncryptionContext: CONTEXT },
      }),
    );
    return CiphertextBlob;
  }

  async write(record: OldRecord, dataKey: Uint8Array): Promise<void> {
    const { store } = this.#task;
    if (store.kind === 'table') await this.#update(store.name, record, dataKey);
    else await this.#copy(store.name, record, dataKey);
  }

  close(): void {
    for (const client of [this.#kms, this.#dynamodb, this.#s3]) client.destroy();
  }

  async *#items(TableName: string): AsyncGenerator<OldRecord> {
    for await (const { Items = [] } of paginateScan({ client: this.#dynamodb }, { TableName }))
      for (const { tenant, id, keys } of Items)
        yield {
          dataKey: keys?.L?.[0]?.M?.['edk']?.B ?? new Uint8Array(),
          key: { tenant: tenant!, id: id! },
          ...{ objectKey: '', etag: undefined },
        };
  }

  async *#objects({
    name: Bucket,
    prefix: Prefix,
  }: BenchStore & { kind: 'bucket' }): AsyncGenerator<OldRecord> {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket, Prefix }))
      for (const { Key = '' } of Contents) {
        const { Metadata = {}, ETag } = await this.#s3.send(new HeadObjectCommand({ Bucket, Key }));
        const dataKey = Buffer.from(Metadata['data-key'] ?? '', 'base64');
        yield { dataKey, key: {}, objectKey: Key, etag: ETag };
      }
  }

  async #update(TableName: string, { key, dataKey: old }: OldRecord, dataKey: Uint8Array): Promise<void> {
    await this.#dynamodb.send(
      new UpdateItemCommand({
        ...{ TableName, Key: key },
        UpdateExpression: 'SET #keys[0].edk = :new, #keys[0].#key = :key',
        ConditionExpression: '#keys[0].edk = :old',
        ExpressionAttributeNames: { '#keys': 'keys', '#key': 'key' },
        ExpressionAttributeValues: {
          ':new': { B: dataKey },
          ':old': { B: old },
          ':key': { S: this.#task.keys.destination },
        },
      }),
    );
  }

  async #copy(Bucket: string, { objectKey: Key, etag }: OldRecord, dataKey: Uint8Array): Promise<void> {
    await this.#s3.send(
      new CopyObjectCommand({
        ...{ Bucket, Key, CopySource: `${Bucket}/${Key}`, MetadataDirective: 'REPLACE', IfMatch: etag },
        ContentType: 'application/octet-stream',
        Metadata: {
          'data-key': Buffer.from(dataKey).toString('base64'),
          'kms-key-arn': this.#task.keys.destination,
        },
      }),
    );
  }
}
