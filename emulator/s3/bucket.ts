import { AwsError } from '../protocol/aws-error.ts';
import type { Checksum } from './checksums.ts';
import { lowerBound } from './key-order.ts';

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly deleteMarker: boolean;
  readonly body: Buffer;
  readonly etag: string;
  /** Milliseconds; replies show whole seconds. */
  readonly lastModified: number;
  /** System metadata that GET and HEAD return as headers, by header name. */
  headers: Readonly<Record<string, string>>;
  /** User-defined metadata without its prefix. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** S3 makes one where the writer sends none. A delete marker has none. */
  readonly checksum?: Checksum;
  readonly grants: readonly { readonly grantee: string; readonly permission: string }[];
  tags: Readonly<Record<string, string>>;
  readonly annotations: Map<string, Annotation>;
  /** Milliseconds; of an archived object that can be read until then. */
  restoredUntil?: number;
}

interface Annotation {
  readonly payload: Buffer;
  readonly etag: string;
  readonly lastModified: number;
  readonly checksum: Checksum;
}

export interface UploadedPart {
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: number;
  /** If its upload has named an algorithm. */
  readonly checksum: Checksum | undefined;
}

export interface MultipartUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: number;
  readonly initiator: string;
  /** What the object will be. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where the upload names none, its parts have none, and the object gets one of S3. */
  readonly checksum: { readonly algorithm: string; readonly type: Checksum['type'] } | undefined;
  /** The latest version of its key, a delete marker included, when the upload began. */
  readonly began: ObjectVersion | undefined;
  readonly parts: Map<number, UploadedPart>;
}

export interface DefaultEncryption {
  readonly algorithm: string;
  readonly kmsKeyId?: string;
  readonly bucketKey: boolean;
}

/** For how long objects stay locked: in days or in years. */
export interface DefaultHold {
  readonly days?: number;
  readonly years?: number;
}

export interface DefaultRetention extends DefaultHold {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAt: number;
  versioning: '' | 'Enabled' | 'Suspended';
  objectLock: boolean;
  /** Locks of new objects that name none. */
  retention: DefaultRetention | undefined;
  hold: DefaultHold | undefined;
  /** Of new objects that name none. */
  encryption: DefaultEncryption;
  /** Whether objects may be written under keys of their writers (SSE-C). */
  customerKeys: boolean;
  ownership: string;
  /** Whether it tells EventBridge what happens to its objects. */
  eventBridge: boolean;
  /** The bucket policy, as JSON. */
  policy?: string;
  readonly objects: BucketObjects;
  /** Those that are neither completed nor aborted, by their ids. */
  readonly uploads: Map<string, MultipartUpload>;
}

/** The versions of a bucket's objects, newest last, and its keys in UTF-8 byte order. */
class BucketObjects {
  readonly #versions = new Map<string, ObjectVersion[]>();
  readonly #keys: string[] = [];

  /** All keys, those of deleted objects included. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  current(key: string): ObjectVersion | undefined {
    const newest = this.#versions.get(key)?.at(-1);
    return newest?.deleteMarker === false ? newest : undefined;
  }

  newest(key: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.at(-1);
  }

  version(key: string, versionId: string): ObjectVersion | undefined {
    return this.#versions.get(key)?.find(version => version.versionId === versionId);
  }

  versionsOf(key: string): readonly ObjectVersion[] {
    return this.#versions.get(key) ?? [];
  }

  put(version: ObjectVersion, versioning: Bucket['versioning']): void {
    const versions = this.#versions.get(version.key);
    if (versions === undefined) {
      this.#keys.splice(lowerBound(this.#keys, version.key), 0, version.key);
      this.#versions.set(version.key, [version]);
    } else if (versioning === 'Enabled') versions.push(version);
    else
      versions.splice(
        0,
        versions.length,
        ...versions.filter(({ versionId }) => versionId !== 'null'),
        version,
      );
  }

  remove(key: string, versionId?: string): void {
    const kept =
      versionId === undefined
        ? []
        : (this.#versions.get(key) ?? []).filter(version => version.versionId !== versionId);
    if (kept.length > 0) {
      this.#versions.set(key, kept);
      return;
    }
    if (this.#versions.delete(key)) this.#keys.splice(lowerBound(this.#keys, key), 1);
  }
}

/** All buckets. Their names are unique across accounts and Regions. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();

  create(name: string, owner: { readonly accountId: string; readonly region: string }): Bucket {
    const existing = this.#buckets.get(name);
    if (existing !== undefined) {
      throw existing.accountId === owner.accountId
        ? new AwsError(
            'BucketAlreadyOwnedByYou',
            'Your previous request to create the named bucket succeeded and you already own it.',
            { status: 409 },
          )
        : new AwsError('BucketAlreadyExists', 'The requested bucket name is not available.', { status: 409 });
    }
    const bucket: Bucket = {
      name,
      ...owner,
      createdAt: Date.now(),
      versioning: '',
      objectLock: false,
      retention: undefined,
      hold: undefined,
      encryption: { algorithm: 'AES256', bucketKey: false },
      // User guide, Blocking or unblocking SSE-C: blocked in new buckets since April 2026.
      customerKeys: false,
      ownership: 'BucketOwnerEnforced',
      eventBridge: false,
      objects: new BucketObjects(),
      uploads: new Map(),
    };
    this.#buckets.set(name, bucket);
    return bucket;
  }

  find(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  get(name: string): Bucket {
    const bucket = this.find(name);
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
        status: 404,
        members: { BucketName: name },
      });
    return bucket;
  }

  delete(name: string): void {
    const { objects, versioning } = this.get(name);
    if (objects.keys.length > 0)
      throw new AwsError(
        'BucketNotEmpty',
        `The bucket you tried to delete is not empty${versioning === '' ? '' : '. You must delete all versions in the bucket.'}`,
        { status: 409, members: { BucketName: name } },
      );
    this.#buckets.delete(name);
  }

  all(): readonly Bucket[] {
    return [...this.#buckets.values()];
  }
}
