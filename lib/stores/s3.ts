import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import { formats } from '../../lambda/formats/registry.ts';
import {
  allow,
  allowServerSideKey,
  copyWrites,
  literally,
  ownWrites,
  type Place,
  type Writes,
} from './place.ts';

/** The bucket of a store and, where it is copied, the bucket that its copies go to. */
export function bucketPlaces(store: BucketStore, region: string): readonly Place[] {
  const { bucket, prefix, copyTo } = store;
  const tags = configureFormat(store, formats).needs.includes('tags');
  const own = new BucketPlace({ bucket, prefix, tags }, ownWrites(store, region));
  if (copyTo === undefined) return [own];
  return [own, new BucketPlace({ bucket: copyTo.bucket, prefix, tags }, copyWrites(copyTo))];
}

interface Objects {
  readonly bucket: string;
  readonly prefix: string;
  /** Object tags are read for encryption contexts. */
  readonly tags: boolean;
}

/** A copy keeps metadata, tags, annotations, lock and access control list only for a role that may read and set each. */
const COPY_IN_PLACE = [
  's3:GetObjectAcl',
  's3:GetObjectAnnotation',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectTagging',
  's3:PutObject',
  's3:PutObjectAcl',
  's3:PutObjectAnnotation',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutObjectTagging',
];

/** What a copy to another bucket reads of its source. */
const COPY_SOURCE = [
  's3:GetObjectAnnotation',
  's3:GetObjectLegalHold',
  's3:GetObjectRetention',
  's3:GetObjectTagging',
];

class BucketPlace implements Place {
  readonly #objects: Objects;
  readonly #writes: Writes;

  constructor(objects: Objects, writes: Writes) {
    this.#objects = objects;
    this.#writes = writes;
  }

  inspect(grantee: Function): void {
    this.#listKeys(grantee);
    this.#listFolders(grantee);
    const { written, created, serverSideEncryptionKey } = this.#writes;
    const actions = [
      ...['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning'],
      ...(written ? ['s3:GetBucketObjectLockConfiguration'] : []),
      ...(created && serverSideEncryptionKey === undefined ? ['s3:GetEncryptionConfiguration'] : []),
    ];
    allow(grantee, actions, [this.#bucketArn(grantee)]);
  }

  read(grantee: Function): void {
    const { tags } = this.#objects;
    this.#listKeys(grantee);
    allow(grantee, ['s3:GetBucketOwnershipControls'], [this.#bucketArn(grantee)]);
    allow(grantee, ['s3:GetObject', ...(tags ? ['s3:GetObjectTagging'] : [])], [this.#objectArns(grantee)]);
    this.#serverSideKey(grantee, ['kms:Decrypt']);
  }

  restore(grantee: Function): void {
    allow(grantee, ['s3:GetBucketOwnershipControls'], [this.#bucketArn(grantee)]);
    if (!this.#writes.written) return;
    this.#listKeys(grantee);
    allow(grantee, ['s3:GetObject', ...COPY_IN_PLACE], [this.#objectArns(grantee)]);
    this.#serverSideKey(grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  migrate(grantee: Function): void {
    const { written } = this.#writes;
    allow(grantee, written ? COPY_IN_PLACE : COPY_SOURCE, [this.#objectArns(grantee)]);
    if (written) this.#serverSideKey(grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /**
   * Listing within the prefix. `IfExists`, because S3 asks for the same permission, without a prefix, when an object is
   * missing: who may not list gets 403 instead of 404, and a deleted object would look like a broken premise.
   */
  #listKeys(grantee: Function): void {
    const { prefix } = this.#objects;
    const conditions =
      prefix === '' ? {} : { conditions: { StringLikeIfExists: { 's3:prefix': `${literally(prefix)}*` } } };
    const statement = { actions: ['s3:ListBucket'], resources: [this.#bucketArn(grantee)], ...conditions };
    grantee.addToRolePolicy(new PolicyStatement(statement));
  }

  /** The folders above the prefix: where there is nothing under it, Plan looks for one that is spelled almost so. */
  #listFolders(grantee: Function): void {
    const { prefix } = this.#objects;
    const folders = [...prefix.matchAll(/\/|$/g)].map(({ index }) => prefix.slice(0, index + 1));
    const above = ['', ...folders].filter(folder => folder !== prefix);
    if (prefix === '') return;
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.#bucketArn(grantee)],
        conditions: { StringEquals: { 's3:prefix': above.map(literally) } },
      }),
    );
  }

  #serverSideKey(grantee: Function, actions: string[]): void {
    allowServerSideKey(grantee, { service: 's3', actions }, this.#writes);
  }

  #bucketArn(grantee: Function): string {
    const { bucket } = this.#objects;
    return Stack.of(grantee).formatArn({ service: 's3', region: '', account: '', resource: bucket });
  }

  #objectArns(grantee: Function): string {
    return `${this.#bucketArn(grantee)}/${literally(this.#objects.prefix)}*`;
  }
}
