import type { S3Client } from '@aws-sdk/client-s3';
import type { PlaceChange } from '../../core/model/place.ts';
import type { ObjectRecord, StoreRecord } from '../../core/model/record.ts';
import type { ScanRange } from '../../core/model/run.ts';
import type { BucketScope } from '../../core/model/scope.ts';
import type { RecordPage, WriteResult } from '../../core/ports.ts';
import { compareUtf8 } from '../../core/model/utf8-order.ts';
import { isTransient } from '../aws/errors.ts';
import { RefusedCalls } from '../aws/refused-calls.ts';
import type { CopyTarget } from '../records/copied-records.ts';
import { decodeMarker, encodeMarker, listVersions } from './list-versions.ts';
import { listObjects, type ListedObject } from './list-objects.ts';
import { ObjectReads, type ReadBucket } from './object-reads.ts';
import { ObjectWrites, type WrittenBucket } from './object-writes.ts';
import { judgeS3, s3Premise } from './refusals.ts';

export interface BucketStore extends ReadBucket, WrittenBucket {
  readonly prefix: string;
  readonly scope?: BucketScope;
  /** @default current */
  readonly versions?: 'current' | 'all';
}

/** A bucket and prefix as a store of records. */
export class S3Records implements CopyTarget {
  readonly #client: S3Client;
  readonly #store: BucketStore;
  readonly #reads: ObjectReads;
  readonly #writes: ObjectWrites;

  constructor(client: S3Client, store: BucketStore) {
    this.#client = client;
    this.#store = store;
    const copying = (key: string): Promise<void> => this.#writes.tryCopy(key);
    const refused = new RefusedCalls(judgeS3, {
      's3:CopyObject': copying,
      // A copy is allowed to whoever may put the object, and may read it.
      's3:PutObject': copying,
      's3:CreateMultipartUpload': copying,
      's3:UploadPartCopy': copying,
      's3:CompleteMultipartUpload': copying,
      's3:GetObjectAcl': key => this.#reads.accessControlList(key),
      's3:ListObjectAnnotations': key => this.#writes.tryAnnotations(key),
    });
    this.#reads = new ObjectReads(client, store, refused);
    this.#writes = new ObjectWrites(client, store, { refused, reads: this.#reads });
  }

  async readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    if (range.type !== 'key-range')
      throw new TypeError(`a bucket is read by key ranges, not by a ${range.type}`);
    if (this.#store.versions === 'all') return this.#versionPage(range, options);
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
    // With their bodies, the objects of a listing may be too large to hold together: the page ends at the last that was read.
    const isCut = heads.length < wanted.length;
    const last = isCut ? wanted[heads.length - 1]?.key : inside.at(-1)?.key;
    const goesOn = isCut || (truncated && inside.length === objects.length);
    return {
      records: heads.filter(head => head !== undefined),
      ...(goesOn && last !== undefined && { cursor: last }),
    };
  }

  /** Versions have no listing that starts anywhere: the page ends at the last that was read, and the next one goes on after it. */
  async #versionPage(
    { startAfter, endAt, prefix = this.#store.prefix }: ScanRange & { readonly type: 'key-range' },
    { cursor, pageSize: limit }: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    const start = startAfter === undefined ? undefined : { key: startAfter };
    const after = cursor === undefined ? start : decodeMarker(cursor);
    const { bucket, scope } = this.#store;
    const { versions, next } = await this.#listing('s3:ListObjectVersions', () =>
      listVersions(this.#client, { bucket, prefix, limit, ...(after !== undefined && { after }) }),
    );
    const inside =
      endAt === undefined ? versions : versions.filter(({ key }) => compareUtf8(key, endAt) <= 0);
    const wanted = inside.filter(version => isInScope(version, scope));
    const read = await this.#reads.versions(wanted);
    const last = read.length < wanted.length ? wanted[read.length - 1] : undefined;
    const isPast = endAt !== undefined && next !== undefined && compareUtf8(next.key, endAt) > 0;
    const marker = last === undefined ? (isPast || inside.length < versions.length ? undefined : next) : last;
    return {
      records: read.filter(record => record !== undefined),
      ...(marker !== undefined && {
        cursor: encodeMarker({
          key: marker.key,
          ...(marker.versionId !== undefined && { versionId: marker.versionId }),
        }),
      }),
    };
  }

  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return this.#reads.heads(locators);
  }

  async create(source: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    return this.#writes.create(needObject(source), places);
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    return this.#reads.head(record.locator);
  }

  /** A copy replaces all metadata, or none. */
  takes(): boolean {
    return true;
  }

  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    return this.#writes.replace(needObject(record), places);
  }

  /** Without a listing there is no store, so end the run at once. */
  async #list(query: Omit<Parameters<typeof listObjects>[1], 'bucket'>): ReturnType<typeof listObjects> {
    const { bucket } = this.#store;
    return this.#listing('s3:ListObjectsV2', () => listObjects(this.#client, { bucket, ...query }));
  }

  async #listing<T>(call: string, list: () => Promise<T>): Promise<T> {
    try {
      return await list();
    } catch (error) {
      if (isTransient(error)) throw error;
      throw s3Premise(call, { bucket: this.#store.bucket }, error);
    }
  }
}

/** Whether a listed object belongs to the run's part of the store. */
function isInScope(
  { key, lastModified }: Pick<ListedObject, 'key' | 'lastModified'>,
  scope: BucketScope = {},
): boolean {
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
