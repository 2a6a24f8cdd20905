import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  GetObjectAclCommand,
  HeadObjectCommand,
  GetObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import type { ObjectChange, ObjectRecord, RecordChange, StoreRecord } from '../core/model/record.ts';
import type { ScanRange } from '../core/model/run.ts';
import type { BucketScope } from '../core/model/scope.ts';
import type { RecordPage, WriteResult } from '../core/ports.ts';
import { compareUtf8 } from '../core/scan/utf8-order.ts';
import { isRefusal, isTransient, nameOf, premise, refusalWords } from './aws-errors.ts';
import { answerDate } from './answer-date.ts';
import type { CopyTarget } from './copied-records.ts';
import { copyInPlace } from './copy-in-place.ts';
import { copyToBucket } from './copy-to-bucket.ts';
import { listObjects, type ListedObject } from './list-objects.ts';
import { despiteConflicts } from './patience.ts';
import { grantHeaders, type GrantHeaders } from './object-grants.ts';
import { hiddenObject, objectRecord } from './object-record.ts';
import { RefusedCalls, type Asked } from './refused-calls.ts';

const SECOND_MS = 1_000;

/** HEAD requests in flight: a listing shows no metadata, so every object costs one. */
const HEADS_IN_FLIGHT = 32;

export interface BucketStore {
  readonly bucket: string;
  readonly prefix: string;
  /** Objects have access control lists of their own, which a copy must carry over. */
  readonly accessControlLists: boolean;
  /** Read each object's tags, too. */
  readonly tags?: boolean;
  readonly scope?: BucketScope;
  /** Of a bucket that objects are copied to: where they come from, and what encrypts them there. */
  readonly copyFrom?: { readonly bucket: string; readonly serverSideEncryptionKey?: string };
}

/** A bucket and prefix as a store of records. */
export class S3Records implements CopyTarget {
  readonly #client: S3Client;
  readonly #store: BucketStore;
  readonly #refused = new RefusedCalls(isRefused);

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
    const { endAt, prefix = this.#store.prefix } = range;
    const startAfter = options.cursor ?? range.startAfter;
    const { objects, truncated } = await listObjects(this.#client, {
      bucket: this.#store.bucket,
      prefix,
      limit: options.pageSize,
      ...(startAfter !== undefined && { startAfter }),
    });
    const inside = endAt === undefined ? objects : objects.filter(({ key }) => compareUtf8(key, endAt) <= 0);
    const wanted = inside.filter(object => isInScope(object, this.#store.scope));
    const heads = await this.#heads(wanted.map(({ key }) => key));
    const last = inside.at(-1)?.key;
    return {
      records: heads.filter(head => head !== undefined),
      ...(truncated && inside.length === objects.length && last !== undefined && { cursor: last }),
    };
  }

  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return this.#heads(locators);
  }

  async create(source: StoreRecord, change: RecordChange): Promise<WriteResult> {
    const object = needObject(source);
    if (change.kind !== 'object-change' || this.#store.copyFrom === undefined)
      throw new TypeError(`nothing to make ${source.locator} of`);
    if (object.blocked !== undefined) return { kind: 'blocked', reason: object.blocked };
    const command = copyToBucket({ bucket: this.#store.bucket, from: this.#store.copyFrom, object, change });
    return this.#copy(object, command);
  }

  #heads(keys: readonly string[]): Promise<readonly (ObjectRecord | undefined)[]> {
    return pMap(keys, key => this.#head(key), { concurrency: HEADS_IN_FLIGHT });
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
    const grants = await this.#grants(object.locator);
    if (grants.kind === 'refused')
      return { kind: 'blocked', reason: refusalWords('s3:GetObjectAcl', grants.error) };
    return this.#copy(
      object,
      copyInPlace({ bucket: this.#store.bucket, object, change, grants: grants.answer }),
    );
  }

  async #copy(object: ObjectRecord, copy: CopyObjectCommandInput): Promise<WriteResult> {
    const call = 's3:CopyObject';
    try {
      const asked = await this.#refused.ask(call, object.locator, () =>
        despiteConflicts(() => this.#client.send(new CopyObjectCommand(copy))),
      );
      return asked.kind === 'answered'
        ? { kind: 'written' }
        : { kind: 'blocked', reason: refusalWords(call, asked.error) };
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

  async #grants(key: string): Promise<Asked<GrantHeaders>> {
    if (!this.#store.accessControlLists) return { kind: 'answered', answer: {} };
    const call = 's3:GetObjectAcl';
    try {
      return await this.#refused.ask(call, key, async () =>
        grantHeaders(
          await this.#client.send(new GetObjectAclCommand({ Bucket: this.#store.bucket, Key: key })),
        ),
      );
    } catch (error) {
      if (isTransient(error)) throw error;
      throw this.#premise(`${call} of ${key}`, error);
    }
  }

  #writeError({ locator }: ObjectRecord, error: unknown): WriteResult {
    switch (nameOf(error)) {
      case 'PreconditionFailed':
      case 'ConditionalRequestConflict':
      case 'NoSuchKey':
        this.#refused.worked('s3:CopyObject');
        return { kind: 'precondition-failed' };
      case 'InvalidObjectState':
        return { kind: 'blocked', reason: 'archived: restore the object, then run the job again' };
    }
    if (isTransient(error))
      return { kind: 'unavailable', reason: `S3 did not take the copy: ${nameOf(error)}` };
    throw this.#premise(`s3:CopyObject of ${locator}`, error);
  }

  /** The object as it is; `undefined` where there is none; hidden where S3 does not show this one. */
  async #head(key: string): Promise<ObjectRecord | undefined> {
    const record = await this.#read('s3:HeadObject', key, async () => {
      const head = new HeadObjectCommand({ Bucket: this.#store.bucket, Key: key });
      const answeredAt = answerDate(head);
      return objectRecord(key, await this.#client.send(head), answeredAt());
    });
    if (record === undefined || record.hidden !== undefined || this.#store.tags !== true) return record;
    return this.#read('s3:GetObjectTagging', key, async () => ({ ...record, tags: await this.#tags(key) }));
  }

  async #read(
    call: string,
    key: string,
    send: () => Promise<ObjectRecord>,
  ): Promise<ObjectRecord | undefined> {
    try {
      const asked = await this.#refused.ask(call, key, send);
      return asked.kind === 'answered' ? asked.answer : hiddenObject(key, refusalWords(call, asked.error));
    } catch (error) {
      // Deleted since it was listed: there is no data key any more.
      if (nameOf(error) === 'NotFound' || nameOf(error) === 'NoSuchKey') {
        this.#refused.worked(call);
        return undefined;
      }
      if (isTransient(error)) throw error;
      throw this.#premise(`${call} of ${key}`, error);
    }
  }

  async #tags(key: string): Promise<Readonly<Record<string, string>>> {
    const { TagSet } = await this.#client.send(
      new GetObjectTaggingCommand({ Bucket: this.#store.bucket, Key: key }),
    );
    return Object.fromEntries((TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
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

/** That an object is not there, not as it was, archived or being written refuses nothing. */
function isRefused(error: unknown): boolean {
  return isRefusal(error) && !STATES_OF_OBJECTS.has(nameOf(error));
}

const STATES_OF_OBJECTS = new Set([
  'NotFound',
  'NoSuchKey',
  'PreconditionFailed',
  'ConditionalRequestConflict',
  'InvalidObjectState',
]);

/** Whether a listed object is in the part that the run is about. */
function isInScope({ key, lastModified }: ListedObject, scope: BucketScope = {}): boolean {
  const { suffix = '', modifiedAfter, modifiedBefore } = scope;
  return (
    key.endsWith(suffix) &&
    (modifiedAfter === undefined || lastModified > Date.parse(modifiedAfter)) &&
    (modifiedBefore === undefined || lastModified < Date.parse(modifiedBefore))
  );
}

function needObject(record: StoreRecord): ObjectRecord {
  if (record.kind !== 'object') throw new TypeError(`a bucket holds objects, not ${record.kind}s`);
  return record;
}
