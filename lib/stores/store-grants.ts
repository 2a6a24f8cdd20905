import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Job } from '../../lambda/core/model/job.ts';
import { bucketArn, objectArns, placesOf, tableArn, type BucketPlace, type Place } from './places.ts';

/** What a function may do with the stores of the jobs: look at them, read their records, or replace data keys in them. */
export const storeGrants = {
  inspect(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) {
      switch (place.type) {
        case 'dynamodb':
          allow(
            grantee,
            ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'],
            [tableArn(grantee, place)],
          );
          break;
        case 's3':
          listKeys(grantee, place);
          listFolders(grantee, place);
          allow(
            grantee,
            ['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning'],
            [bucketArn(grantee, place)],
          );
          break;
      }
    }
  },

  read(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) {
      switch (place.type) {
        case 'dynamodb': {
          const table = tableArn(grantee, place);
          allow(grantee, ['dynamodb:DescribeTable', ...(place.scanned ? ['dynamodb:Scan'] : [])], [table]);
          if (place.index !== undefined) allow(grantee, ['dynamodb:Scan'], [`${table}/index/${place.index}`]);
          if (place.index !== undefined || !place.scanned) allow(grantee, ['dynamodb:BatchGetItem'], [table]);
          break;
        }
        case 's3':
          listKeys(grantee, place);
          allow(grantee, ['s3:GetBucketOwnershipControls'], [bucketArn(grantee, place)]);
          allow(
            grantee,
            ['s3:GetObject', ...(place.tags ? ['s3:GetObjectTagging'] : [])],
            [objectArns(grantee, place)],
          );
          break;
      }
      serverSideKey(grantee, place, ['kms:Decrypt']);
    }
  },

  /** Records by their keys, and conditional writes to them: no scan, and nothing is made. */
  restore(grantee: Function, jobs: readonly Job[]): void {
    for (const place of jobs.flatMap(placesOf)) {
      switch (place.type) {
        case 'dynamodb':
          allow(
            grantee,
            [
              'dynamodb:DescribeTable',
              ...(place.written ? ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'] : []),
            ],
            [tableArn(grantee, place)],
          );
          break;
        case 's3':
          allow(grantee, ['s3:GetBucketOwnershipControls'], [bucketArn(grantee, place)]);
          if (!place.written) break;
          listKeys(grantee, place);
          allow(grantee, ['s3:GetObject', ...COPY_IN_PLACE], [objectArns(grantee, place)]);
          break;
      }
      if (place.written) serverSideKey(grantee, place, ['kms:Decrypt', 'kms:GenerateDataKey']);
    }
  },

  /** A conditional write and all that a copy must carry over; PutItem only where a job makes items, and never a delete. */
  migrate(grantee: Function, jobs: readonly Job[]): void {
    storeGrants.read(grantee, jobs);
    for (const place of jobs.flatMap(placesOf)) {
      switch (place.type) {
        case 'dynamodb':
          allow(
            grantee,
            [
              'dynamodb:GetItem',
              ...(place.written ? ['dynamodb:UpdateItem'] : []),
              ...(place.created ? ['dynamodb:PutItem'] : []),
            ],
            [tableArn(grantee, place)],
          );
          break;
        case 's3':
          allow(grantee, place.written ? COPY_IN_PLACE : COPY_SOURCE, [objectArns(grantee, place)]);
          if (place.written) serverSideKey(grantee, place, ['kms:Decrypt', 'kms:GenerateDataKey']);
          break;
      }
    }
  },
} as const;

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

function allow(grantee: Function, actions: string[], resources: string[]): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources }));
}

/**
 * Listing within the prefix. `IfExists`, because S3 asks for the same permission, without a prefix, when an object is
 * missing: who may not list gets 403 instead of 404, and a deleted object would look like a broken premise.
 */
function listKeys(grantee: Function, place: BucketPlace): void {
  const { prefix } = place;
  const conditions =
    prefix === '' ? {} : { conditions: { StringLikeIfExists: { 's3:prefix': `${prefix}*` } } };
  const statement = { actions: ['s3:ListBucket'], resources: [bucketArn(grantee, place)], ...conditions };
  grantee.addToRolePolicy(new PolicyStatement(statement));
}

/** The key of the store's own encryption: usable through that service only, so that nobody can call Decrypt with it. */
function serverSideKey(
  grantee: Function,
  { type, region, serverSideEncryptionKey }: Place,
  actions: string[],
): void {
  if (serverSideEncryptionKey === undefined) return;
  grantee.addToRolePolicy(
    new PolicyStatement({
      actions,
      resources: [serverSideEncryptionKey],
      conditions: { StringEquals: { 'kms:ViaService': `${type}.${region}.amazonaws.com` } },
    }),
  );
}

/** The folders above the prefix: where there is nothing under it, Plan looks for one that is spelled almost so. */
function listFolders(grantee: Function, place: BucketPlace): void {
  const folders = [...place.prefix.matchAll(/\/|$/g)].map(({ index }) => place.prefix.slice(0, index + 1));
  const above = ['', ...folders].filter(folder => folder !== place.prefix);
  if (place.prefix === '') return;
  grantee.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [bucketArn(grantee, place)],
      conditions: { StringEquals: { 's3:prefix': above } },
    }),
  );
}
