import { CopyObjectCommand, type CopyObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldAt, sameValue, type PlaceChange } from '../../core/model/place.ts';
import type { ObjectRecord, StoreRecord } from '../../core/model/record.ts';
import type { ScanRange } from '../../core/model/run.ts';
import type { BucketScope } from '../../core/model/scope.ts';
import type { RecordPage, WriteResult } from '../../core/ports.ts';
import { compareUtf8 } from '../../core/model/utf8-order.ts';
import { isTransient, nameOf, refusalWords } from '../aws/errors.ts';
import { busyOf } from '../aws/busy.ts';
import type { CopyTarget } from '../records/copied-records.ts';
import { copyInPlace, refusedInPlace } from './copy-in-place.ts';
import { copyToBucket } from './copy-to-bucket.ts';
import { copyWithoutEffect } from './copy-without-effect.ts';
import { listObjects, type ListedObject } from './list-objects.ts';
import { ObjectReads, type ReadBucket } from './object-reads.ts';
import { despiteConflicts } from '../aws/patience.ts';
import { RefusedCalls } from '../aws/refused-calls.ts';
import { judgeS3, s3Premise } from './refusals.ts';

const SECOND_MS = 1_000;

export interface BucketStore extends ReadBucket {
  readonly prefix: string;
  readonly scope?: BucketScope;
  /** For a bucket that receives copies: where the objects come from, and what encrypts them in this bucket. */
  readonly copyFrom?: { readonly bucket: string; readonly serverSideEncryptionKey?: string };
}

/** A bucket and prefix as a store of records. */
export class S3Records implements CopyTarget {
  readonly #client: S3Client;
  readonly #store: BucketStore;
  readonly #refused: RefusedCalls;
  readonly #reads: ObjectReads;

  constructor(client: S3Client, store: BucketStore) {
    this.#client = client;
    this.#store = store;
    this.#refused = new RefusedCalls(judgeS3, {
      's3:CopyObject': key => this.#tryCopy(key),
      's3:GetObjectAcl': key => this.#reads.accessControlList(key),
    });
    this.#reads = new ObjectReads(client, store, this.#refused);
  }

  async readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    if (range.type !== 'key-range')
      throw new TypeError(`a bucket is read by key ranges, not by a ${range.type}`);
    const { endAt, prefix = this.#store.prefix } = range;
    const startAfter = options.cursor ?? range.startAfter;
    const { objects, truncated } = await this.#list({
      prefix,
      limit: options.pageSize,
      ...(startAfter !== undefined && { startAfter }),
    });
    const inside = endAt === undefined ? objects : objects.filter(({ key }) => compareUtf8(key, endAt) <= 0);
    const wanted = inside.filter(object => isInScope(object, this.#store.scope));
    const heads = await this.#reads.heads(wanted.map(({ key }) => key));
    const last = inside.at(-1)?.key;
    return {
      records: heads.filter(head => head !== undefined),
      ...(truncated && inside.length === objects.length && last !== undefined && { cursor: last }),
    };
  }

  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return this.#reads.heads(locators);
  }

  async create(source: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const object = needObject(source);
    if (this.#store.copyFrom === undefined)
      throw new TypeError(`there is no source to copy ${source.locator} from`);
    if (object.blocked !== undefined) return { kind: 'blocked', reason: object.blocked };
    const command = copyToBucket({ bucket: this.#store.bucket, from: this.#store.copyFrom, object, places });
    return this.#copy(object, command);
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    return this.#reads.head(record.locator);
  }

  /** A copy replaces all metadata, or none. */
  takes(): boolean {
    return true;
  }

  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const read = needObject(record);
    const refused = refusedInPlace(read);
    if (refused !== undefined) return { kind: 'blocked', reason: refused };
    const object = await this.#settle(read, places);
    if (object === undefined) return { kind: 'precondition-failed' };
    const grants = await this.#reads.grants(object.locator);
    if (grants.kind === 'refused')
      return { kind: 'blocked', reason: refusalWords('s3:GetObjectAcl', grants.error) };
    return this.#copy(
      object,
      copyInPlace({ bucket: this.#store.bucket, object, places, grants: grants.answer }),
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
   * Dates guard the metadata, and S3's dates have whole seconds. An object that changed within the second in which it was
   * read would look unchanged. So wait until that second is over, and read the object once more.
   */
  async #settle(read: ObjectRecord, places: readonly PlaceChange[]): Promise<ObjectRecord | undefined> {
    let object: ObjectRecord | undefined = read;
    while (object?.settled === false) {
      await sleep(SECOND_MS);
      object = await this.#reads.head(object.locator);
    }
    if (object?.etag !== read.etag) return undefined;
    const now = object;
    return places.every(({ path, before }) => sameValue(heldAt(now, path), before)) ? now : undefined;
  }

  #writeError({ locator }: ObjectRecord, error: unknown): WriteResult {
    switch (nameOf(error)) {
      case 'PreconditionFailed':
      case 'ConditionalRequestConflict':
      case 'NoSuchKey':
        return { kind: 'precondition-failed' };
      case 'InvalidObjectState':
      case 'ObjectNotInActiveTierError':
        return { kind: 'blocked', reason: 'archived: restore the object, then run the job again' };
      case 'MetadataTooLarge':
        return {
          kind: 'blocked',
          reason: `${refusalWords('s3:CopyObject', error)}: its metadata, of which S3 takes 2 KB, have no room for the new data key`,
        };
    }
    const busy = busyOf(error);
    if (busy !== undefined || isTransient(error)) {
      const reason = `S3 did not take the copy: ${nameOf(error)}`;
      return { kind: 'unavailable', reason, ...(busy !== undefined && { busy }) };
    }
    throw s3Premise('s3:CopyObject', { bucket: this.#store.bucket, key: locator }, error);
  }

  /** Without a listing there is no store, so end the run at once. */
  async #list(query: Omit<Parameters<typeof listObjects>[1], 'bucket'>): ReturnType<typeof listObjects> {
    const { bucket } = this.#store;
    try {
      return await listObjects(this.#client, { bucket, ...query });
    } catch (error) {
      if (isTransient(error)) throw error;
      throw s3Premise('s3:ListObjectsV2', { bucket }, error);
    }
  }

  async #tryCopy(key: string): Promise<void> {
    const { bucket, copyFrom } = this.#store;
    const object = await this.#reads.head(key);
    const copy = copyWithoutEffect({ bucket, key, object, from: copyFrom?.bucket });
    await this.#client.send(new CopyObjectCommand(copy));
  }
}

/** Whether a listed object belongs to the run's part of the store. */
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
