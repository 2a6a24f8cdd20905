import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
  UploadPartCommand,
  type CreateMultipartUploadCommandInput,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { S3Records, type BucketStore } from '../../lambda/adapters/s3/records.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore, WriteResult } from '../../lambda/core/ports.ts';
import { metadataAt } from './bound.ts';
import { NEW_KEY } from './builders.ts';
import { embedded, type Embedded } from './embedded.ts';

const MIB = 1024 ** 2;
/** What S3 is told to take at a time, so that 10 MiB are a large object. */
export const LIMITS = { mostBytes: 8 * MIB, partBytes: 5 * MIB };
export const BODY = Buffer.alloc(10 * MIB + 1, 'a sealed payload ');

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
const format = metadataAt('edk');

/** Called before a request of the product, with the name of its command. */
export type Before = (
  command: string,
  input: { readonly Key?: string | undefined; readonly PartNumber?: number | undefined },
) => Promise<unknown> | undefined;

/** A bucket of its own with large objects, as a store. */
export interface LargeSubject {
  readonly bucket: string;
  readonly store: RecordStore;
  read(key?: string): Promise<StoreRecord>;
  write(record: StoreRecord, edk?: string): Promise<WriteResult>;
  head(key?: string): Promise<HeadObjectCommandOutput>;
  /** Uploads that are neither completed nor aborted. */
  left(): Promise<number>;
}

/** An embedded AWS whose S3 copies little at a time. */
export class LargeObjects {
  readonly aws: Embedded;
  readonly #clients: S3Client[] = [];
  #buckets = 0;

  private constructor(aws: Embedded) {
    this.aws = aws;
  }

  static async start(): Promise<LargeObjects> {
    return new LargeObjects(await embedded({ s3CopyLimitBytes: LIMITS.mostBytes }));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.aws.stop();
  }

  /** A client of the product. Somebody may do something before each of its requests. */
  client(before: Before = () => undefined, region = 'us-east-1'): S3Client {
    const client = new S3Client({ endpoint: this.aws.endpoint, region, maxAttempts: 2 });
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async args => {
          const input: object = args.input;
          await before(commandName, input);
          return next(args);
        },
      { step: 'initialize', name: 'before' },
    );
    this.#clients.push(client);
    return client;
  }

  /** Puts a large object, in parts of 8 MiB. */
  async put(
    Bucket: string,
    Key: string,
    input: Partial<CreateMultipartUploadCommandInput> = {},
  ): Promise<void> {
    const { s3 } = this.aws;
    const place = { Bucket, Key };
    const Metadata = { edk: base64('old'), ...input.Metadata };
    const asked: CreateMultipartUploadCommandInput = {
      ...{ ...place, ChecksumAlgorithm: 'CRC32', ...input, Metadata },
    };
    const { ChecksumAlgorithm } = asked;
    const begun = await s3.send(new CreateMultipartUploadCommand(asked));
    const of = { ...place, UploadId: begun.UploadId };
    const bodies = [BODY.subarray(0, LIMITS.mostBytes), BODY.subarray(LIMITS.mostBytes)];
    const Parts = await Promise.all(
      bodies.map(async (Body, index) => {
        const PartNumber = index + 1;
        const part = await s3.send(new UploadPartCommand({ ...of, PartNumber, Body, ChecksumAlgorithm }));
        const { $metadata: _m, ETag, ...sums } = part;
        // S3 takes checksums of parts only where the upload has announced some.
        return { PartNumber, ETag, ...(ChecksumAlgorithm !== undefined && sums) };
      }),
    );
    await s3.send(new CompleteMultipartUploadCommand({ ...of, MultipartUpload: { Parts } }));
  }

  async subject(options: Partial<BucketStore> = {}, before?: Before): Promise<LargeSubject> {
    const { s3 } = this.aws;
    const bucket = `large-${++this.#buckets}`;
    const { accessControlLists = false } = options;
    await s3.send(
      new CreateBucketCommand({
        ...{ Bucket: bucket, ObjectLockEnabledForBucket: true },
        ...(accessControlLists && { ObjectOwnership: 'ObjectWriter' }),
      }),
    );
    const store = new S3Records(this.client(before), {
      ...{ bucket, prefix: '', accessControlLists, limits: LIMITS },
      ...options,
    });
    return {
      bucket,
      store,
      read: async (key = 'k') => settled((await store.find([key]))[0]!),
      write: (record, edk = 'new') => store.write(record, changeOf(record, edk)),
      head: (Key = 'k') => s3.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' })),
      left: () => uploadsLeft(s3, bucket),
    };
  }
}

export async function uploadsLeft(s3: S3Client, Bucket: string): Promise<number> {
  return (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
}

/** As if the second of its last change were over: otherwise each write waits for that. */
export function settled(record: StoreRecord): StoreRecord {
  return { ...record, settled: true } as StoreRecord;
}

export function changeOf(record: StoreRecord, edk: string) {
  return format.replace(record, [
    {
      ...{ slot: 'edk', ciphertext: Buffer.from(edk) },
      ...{ destination: { keyArn: NEW_KEY }, destinationAlgorithm: 'SYMMETRIC_DEFAULT' as const },
    },
  ]);
}
