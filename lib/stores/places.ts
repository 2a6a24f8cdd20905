import { Stack } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { BucketStore, Job, Store, TableStore } from '../../lambda/core/model/job.ts';
import { sourceRegion } from '../../lambda/core/model/job-routes.ts';
import { bindFormat } from '../../lambda/core/job/bind-format.ts';
import { formats } from '../../lambda/formats/registry.ts';

interface PlaceBase {
  readonly region: string;
  readonly serverSideEncryptionKey: string | undefined;
  /** Data keys are replaced here. */
  readonly written: boolean;
  /** Records are made here. */
  readonly created: boolean;
}

export interface TablePlace extends PlaceBase {
  readonly type: 'dynamodb';
  readonly table: string;
  /** Items are found here by a scan; elsewhere by their keys. */
  readonly scanned: boolean;
  readonly index: string | undefined;
}

export interface BucketPlace extends PlaceBase {
  readonly type: 's3';
  readonly bucket: string;
  readonly prefix: string;
  /** Object tags are read for encryption contexts. */
  readonly tags: boolean;
}

/** A table or bucket that a job reads or writes. */
export type Place = TablePlace | BucketPlace;

/** Where a job works: each of its stores and, of those that are copied, the place of the copy. */
export function placesOf(job: Job): readonly Place[] {
  return job.stores.flatMap(store => {
    const region = store.region ?? sourceRegion(job);
    return store.type === 'dynamodb' ? tablePlaces(store, region) : bucketPlaces(store, region);
  });
}

function tablePlaces(store: TableStore, region: string): readonly Place[] {
  const { type, table, copyTo, scope } = store;
  const own = { type, table, region, scanned: true, index: scope?.index, ...ownWrites(store) };
  if (copyTo === undefined) return [own];
  return [own, { type, table: copyTo.table, scanned: false, index: undefined, ...copyWrites(copyTo) }];
}

function bucketPlaces(store: BucketStore, region: string): readonly Place[] {
  const { type, bucket, prefix, copyTo } = store;
  const tags = bindFormat(store, formats).needsTags;
  const own = { type, bucket, prefix, region, tags, ...ownWrites(store) };
  if (copyTo === undefined) return [own];
  return [own, { type, bucket: copyTo.bucket, prefix, tags, ...copyWrites(copyTo) }];
}

function ownWrites({
  copyTo,
  serverSideEncryptionKey,
}: Store): Pick<PlaceBase, 'written' | 'created' | 'serverSideEncryptionKey'> {
  return { written: copyTo === undefined, created: false, serverSideEncryptionKey };
}

function copyWrites({
  region,
  createMissing,
  serverSideEncryptionKey,
}: NonNullable<Store['copyTo']>): PlaceBase {
  return { region, written: true, created: createMissing, serverSideEncryptionKey };
}

export function tableArn(grantee: Function, { table, region }: TablePlace): string {
  return Stack.of(grantee).formatArn({ service: 'dynamodb', region, resource: 'table', resourceName: table });
}

export function bucketArn(grantee: Function, { bucket }: BucketPlace): string {
  return Stack.of(grantee).formatArn({ service: 's3', region: '', account: '', resource: bucket });
}

export function objectArns(grantee: Function, place: BucketPlace): string {
  return `${bucketArn(grantee, place)}/${place.prefix}*`;
}
