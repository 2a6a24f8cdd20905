import {
  CopyObjectCommand,
  GetObjectAclCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import type { ObjectRecord, RecordChange, StoreRecord } from '../core/model/record.ts';
import type { ScanRange } from '../core/model/run.ts';
import type { RecordPage, RecordStore, WriteResult } from '../core/ports.ts';
import { compareUtf8 } from '../core/scan/utf8-order.ts';
import { isTransient, nameOf, premise, statusOf } from './aws-errors.ts';
import { copyInPlace } from './copy-in-place.ts';
import { grantHeaders, type GrantHeaders } from './object-grants.ts';
import { hiddenObject, objectRecord } from './object-record.ts';

const SECOND_MS = 1_000;
type ObjectChange = Extract<RecordChange, { kind: 'object-change' }>;

/** HEAD requests in flight: a listing shows no metadata, so every object costs one. */
const HEADS_IN_FLIGHT = 32;

export interface BucketStore {
  readonly bucket: string;
  readonly prefix: string;
  /** Objects have access control lists of their own, which a copy must carry over. */
  readonly accessControlLists: boolean;
}

/** A bucket and prefix as a store of records. */
export class S3Records implements RecordStore {
  readonly #client: S3Client;
  readonly #store: BucketStore;

  constructor(client: S3Client, store: BucketStore) {
    this.#client = client;
    this.#store = store;
  }

  async readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    if (range.type !== 'key-range')
      throw new TypeError(`a bucket is read by key ranges, not by a ${range.type}`);
    const { endAt } = range;
    const startAfter = options.cursor ?? range.startAfter;
    const { keys, truncated } = await listKeys(this.#client, {
      ...this.#store,
      limit: options.pageSize,
      ...(startAfter !== undefined && { startAfter }),
    });
    const inside = endAt === undefined ? keys : keys.filter(key => compareUtf8(key, endAt) <= 0);
    const heads = await pMap(inside, key => this.#head(key), { concurrency: HEADS_IN_FLIGHT });
    const last = inside.at(-1);
    return {
      records: heads.filter(head => head !== undefined),
      ...(truncated && inside.length === keys.length && last !== undefined && { cursor: last }),
    };
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    return this.#head(record.locator);
  }

  async write(record: StoreRecord, change: RecordChange): Promise<WriteResult> {
    if (change.kind !== 'object-change')
      throw new TypeError(`a bucket takes object changes, not an ${change.kind}`);
    const read = needObject(record);
    if (read.blocked !== undefined) return { kind: 'blocked', reason: read.blocked };
    const object = await this.#settle(read, change);
    if (object === undefined) return { kind: 'precondition-failed' };
    try {
      const grants = await this.#grants(object.locator);
      await this.#client.send(
        new CopyObjectCommand(copyInPlace({ bucket: this.#store.bucket, object, change, grants })),
      );
      return { kind: 'written' };
    } catch (error) {
      return this.#writeError(object, error);
    }
  }

  /**
   * Dates guard the metadata, and S3 dates to the second: an object changed within the second in which it was read
   * would pass for unchanged. So that second has to be over, and the object to be read once more after it.
   */
  async #settle(read: ObjectRecord, change: ObjectChange): Promise<ObjectRecord | undefined> {
    let object: ObjectRecord | undefined = read;
    while (object?.settled === false) {
      await sleep(SECOND_MS);
      object = await this.#head(object.locator);
    }
    const asExpected = Object.entries(change.expect).every(
      ([name, value]) => object?.metadata[name] === value,
    );
    return asExpected && object?.etag === read.etag ? object : undefined;
  }

  async #grants(key: string): Promise<GrantHeaders> {
    if (!this.#store.accessControlLists) return {};
    return grantHeaders(
      await this.#client.send(new GetObjectAclCommand({ Bucket: this.#store.bucket, Key: key })),
    );
  }

  #writeError({ locator }: ObjectRecord, error: unknown): WriteResult {
    switch (nameOf(error)) {
      case 'PreconditionFailed':
      case 'ConditionalRequestConflict':
      case 'NoSuchKey':
        return { kind: 'precondition-failed' };
      case 'InvalidObjectState':
        return { kind: 'blocked', reason: 'archived: restore the object, then run the job again' };
      case 'InvalidRequest':
      case 'MetadataTooLarge':
        return { kind: 'blocked', reason: `S3 refuses the copy: ${(error as Error).message}` };
    }
    if (isTransient(error))
      return { kind: 'unavailable', reason: `S3 did not take the copy: ${nameOf(error)}` };
    throw this.#premise(`s3:CopyObject of ${locator}`, error);
  }

  async #head(key: string): Promise<ObjectRecord | undefined> {
    try {
      const head = new HeadObjectCommand({ Bucket: this.#store.bucket, Key: key });
      const answeredAt = answerDate(head);
      return objectRecord(key, await this.#client.send(head), answeredAt());
    } catch (error) {
      // Deleted since it was listed: there is no data key any more.
      if (nameOf(error) === 'NotFound' || nameOf(error) === 'NoSuchKey') return undefined;
      if (isTransient(error)) throw error;
      if (statusOf(error) === 400) return hiddenObject(key);
      throw this.#premise(`s3:HeadObject of ${key}`, error);
    }
  }

  #premise(call: string, error: unknown): Error {
    return premise(
      's3.call',
      `${call} in bucket ${this.#store.bucket}`,
      error,
      "check that the bucket exists and that the job's role is granted it, then start the job again",
    );
  }
}

/** One page of a listing, in UTF-8 byte order. Keys travel URL-encoded: XML has no place for some characters. */
export async function listKeys(
  client: S3Client,
  query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
    readonly limit?: number;
  },
): Promise<{ readonly keys: readonly string[]; readonly truncated: boolean }> {
  const { bucket, prefix, startAfter, limit = 1000 } = query;
  let token: string | undefined;
  for (;;) {
    const output = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        EncodingType: 'url',
        ...(startAfter !== undefined && { StartAfter: startAfter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    const keys = (output.Contents ?? []).map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')));
    token = output.NextContinuationToken;
    // A page may be empty and yet not the last: whoever stopped there would take the rest for finished.
    if (keys.length > 0 || token === undefined) return { keys, truncated: token !== undefined };
  }
}

/** Takes the date of the answer from its header: S3's clock, by which it dates objects. */
function answerDate(command: HeadObjectCommand): () => number {
  let date = 0;
  command.middlewareStack.add(
    next => async args => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      date = Date.parse(headers?.['date'] ?? '') || 0;
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'kmsRewrapAnswerDate' },
  );
  return () => date;
}

function needObject(record: StoreRecord): ObjectRecord {
  if (record.kind !== 'object') throw new TypeError(`a bucket holds objects, not ${record.kind}s`);
  return record;
}
