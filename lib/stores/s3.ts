import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import { annotationNames } from '../../lambda/core/model/format.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { literally } from '../../lambda/core/model/literally.ts';
import type { Grant, Home } from '../grants/grant.ts';
import { copyWrites, ownWrites, serverSideKey, type Place, type Writes } from './place.ts';

/** The bucket of a store and, where it is copied, the bucket that its copies go to. */
export function bucketPlaces(store: BucketStore, region: string): readonly Place[] {
  const { bucket, prefix, copyTo } = store;
  const { needs, countsOnly, ...format } = configureFormat(store, formats);
  const tags = needs.includes('tags');
  const annotations = annotationNames(format).length > 0;
  const versions = store.versions === 'all';
  const writes = ownWrites(store, region);
  const counted = countsOnly !== undefined;
  const own = new BucketPlace(
    { bucket, prefix, tags, annotations, versions, counted },
    { ...writes, written: writes.written && !counted },
  );
  if (copyTo === undefined) return [own];
  return [own, new BucketPlace({ bucket: copyTo.bucket, prefix, tags }, copyWrites(copyTo))];
}

interface Objects {
  readonly bucket: string;
  readonly prefix: string;
  /** Object tags are read for encryption contexts. */
  readonly tags: boolean;
  /** Annotations are read for data keys. @default false */
  readonly annotations?: boolean;
  /** Noncurrent versions are looked at. @default false */
  readonly versions?: boolean;
  /** No run writes what is there, so none is rolled back. @default false */
  readonly counted?: boolean;
}

/**
 * A copy keeps metadata, tags, annotations, lock and access control list only for a role that may read and set each. A copy in
 * parts reads and sends them itself: it looks for annotations, which it cannot send, and removes its parts if it is given up.
 */
const COPY_IN_PLACE = [
  's3:AbortMultipartUpload',
  's3:GetObjectAcl',
  's3:GetObjectAnnotation',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectTagging',
  's3:ListObjectAnnotations',
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectAnnotation',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutObjectTagging',
];

/** What is read of an object that is made in another bucket. */
const COPY_SOURCE = [
  's3:GetObjectAnnotation',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectTagging',
  's3:ListObjectAnnotations',
];

class BucketPlace implements Place {
  readonly #objects: Objects;
  readonly #writes: Writes;

  constructor(objects: Objects, writes: Writes) {
    this.#objects = objects;
    this.#writes = writes;
  }

  inspect(home: Home): readonly Grant[] {
    const { written } = this.#writes;
    return [
      ...this.#listKeys(home, ['s3:ListBucketVersions']),
      ...this.#listFolders(home),
      ...this.#onBucket(home, [
        ...['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning', 's3:GetEncryptionConfiguration'],
        ...(written ? ['s3:GetBucketObjectLockConfiguration'] : []),
      ]),
    ];
  }

  read(home: Home): readonly Grant[] {
    const { versions = false } = this.#objects;
    return [
      ...this.#listKeys(home, versions ? ['s3:ListBucketVersions'] : []),
      ...(versions ? this.#onObjects(home, this.#reads('ObjectVersion')) : []),
      ...this.#onBucket(home, ['s3:GetBucketOwnershipControls']),
      ...this.#onObjects(home, this.#reads('Object')),
      ...this.#serverSideKey(home, ['kms:Decrypt']),
    ];
  }

  #reads(of: 'Object' | 'ObjectVersion'): readonly string[] {
    const { tags, annotations = false } = this.#objects;
    return [
      `s3:Get${of}`,
      ...(tags ? [`s3:Get${of}Tagging`] : []),
      ...(annotations ? [`s3:Get${of}Annotation`] : []),
    ];
  }

  restore(home: Home): readonly Grant[] {
    if (this.#objects.counted === true) return [];
    return [
      ...this.#onBucket(home, ['s3:GetBucketOwnershipControls']),
      ...(this.#writes.written
        ? [
            ...this.#listKeys(home),
            ...this.#onObjects(home, ['s3:GetObject', ...COPY_IN_PLACE]),
            ...this.#serverSideKey(home, ['kms:Decrypt', 'kms:GenerateDataKey']),
          ]
        : []),
    ];
  }

  migrate(home: Home): readonly Grant[] {
    const { written, copied } = this.#writes;
    if (!written && !copied) return [];
    return [
      ...this.#onObjects(home, written ? COPY_IN_PLACE : COPY_SOURCE),
      ...(written ? this.#serverSideKey(home, ['kms:Decrypt', 'kms:GenerateDataKey']) : []),
    ];
  }

  /**
   * Listing within the prefix. `IfExists`, because S3 asks for the same permission, without a prefix, when an object is
   * missing: who may not list gets 403 instead of 404, and a deleted object would look like a broken premise.
   */
  #listKeys(home: Home, also: readonly string[] = []): readonly Grant[] {
    const { prefix } = this.#objects;
    const value = `${literally(prefix)}*`;
    const conditions = [{ operator: 'StringLikeIfExists', key: 's3:prefix', value }] as const;
    return this.#onBucket(home, ['s3:ListBucket', ...also], prefix === '' ? [] : conditions);
  }

  /** The folders above the prefix: where there is nothing under it, Plan looks for one that is spelled almost so. */
  #listFolders(home: Home): readonly Grant[] {
    const { prefix } = this.#objects;
    const folders = [...prefix.matchAll(/\/|$/g)].map(({ index }) => prefix.slice(0, index + 1));
    const above = ['', ...folders].filter(folder => folder !== prefix);
    if (prefix === '') return [];
    return above.flatMap(folder =>
      this.#onBucket(
        home,
        ['s3:ListBucket'],
        [{ operator: 'StringEquals', key: 's3:prefix', value: literally(folder) }],
      ),
    );
  }

  #serverSideKey(home: Home, actions: readonly string[]): readonly Grant[] {
    return serverSideKey({ type: 's3', name: this.#objects.bucket, actions }, this.#writes, home);
  }

  #onBucket(home: Home, actions: readonly string[], conditions?: Grant['conditions']): readonly Grant[] {
    return [{ actions, resource: this.#bucketArn(home), ...(conditions && { conditions }) }];
  }

  #onObjects(home: Home, actions: readonly string[]): readonly Grant[] {
    return [{ actions, resource: `${this.#bucketArn(home)}/${literally(this.#objects.prefix)}*` }];
  }

  #bucketArn({ partition }: Home): string {
    return `arn:${partition}:s3:::${this.#objects.bucket}`;
  }
}
