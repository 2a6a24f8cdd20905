import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Job, Store } from '../../lambda/core/model/job.ts';

/** What a function may do with the stores of the jobs: look at them, read their records, or replace data keys in them. */
export const storeGrants = {
  inspect(grantee: Function, jobs: readonly Job[]): void {
    for (const store of stores(jobs)) {
      switch (store.type) {
        case 'dynamodb':
          allow(
            grantee,
            ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'],
            tableArn(grantee, store.table),
          );
          break;
        case 's3':
          listKeys(grantee, store);
          allow(
            grantee,
            ['s3:GetBucketOwnershipControls', 's3:GetBucketVersioning'],
            bucketArn(grantee, store.bucket),
          );
          break;
      }
    }
  },

  read(grantee: Function, jobs: readonly Job[]): void {
    for (const store of stores(jobs)) {
      switch (store.type) {
        case 'dynamodb':
          allow(grantee, ['dynamodb:DescribeTable', 'dynamodb:Scan'], tableArn(grantee, store.table));
          break;
        case 's3':
          listKeys(grantee, store);
          allow(grantee, ['s3:GetBucketOwnershipControls'], bucketArn(grantee, store.bucket));
          allow(grantee, ['s3:GetObject'], objectArns(grantee, store));
          break;
      }
      serverSideKey(grantee, store, ['kms:Decrypt']);
    }
  },

  /** A conditional write and all that a copy in place must carry over; never PutItem, never a delete. */
  migrate(grantee: Function, jobs: readonly Job[]): void {
    storeGrants.read(grantee, jobs);
    for (const store of stores(jobs)) {
      switch (store.type) {
        case 'dynamodb':
          allow(grantee, ['dynamodb:GetItem', 'dynamodb:UpdateItem'], tableArn(grantee, store.table));
          break;
        case 's3':
          allow(grantee, COPY_IN_PLACE, objectArns(grantee, store));
          serverSideKey(grantee, store, ['kms:Decrypt', 'kms:GenerateDataKey']);
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

type S3Store = Extract<Store, { type: 's3' }>;

function stores(jobs: readonly Job[]): readonly Store[] {
  return jobs.flatMap(job => job.stores);
}

function allow(grantee: Function, actions: string[], resource: string): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
}

/**
 * Listing within the prefix. `IfExists`, because S3 asks for the same permission, without a prefix, when an object is
 * missing: who may not list gets 403 instead of 404, and a deleted object would look like a broken premise.
 */
function listKeys(grantee: Function, { bucket, prefix }: S3Store): void {
  const conditions =
    prefix === '' ? {} : { conditions: { StringLikeIfExists: { 's3:prefix': `${prefix}*` } } };
  const statement = { actions: ['s3:ListBucket'], resources: [bucketArn(grantee, bucket)], ...conditions };
  grantee.addToRolePolicy(new PolicyStatement(statement));
}

/** The key of the store's own encryption: usable through that service only, so that nobody can call Decrypt with it. */
function serverSideKey(grantee: Function, store: Store, actions: string[]): void {
  if (store.serverSideEncryptionKey === undefined) return;
  const { region } = Stack.of(grantee);
  grantee.addToRolePolicy(
    new PolicyStatement({
      actions,
      resources: [store.serverSideEncryptionKey],
      conditions: { StringEquals: { 'kms:ViaService': `${store.type}.${region}.amazonaws.com` } },
    }),
  );
}

function tableArn(grantee: Function, table: string): string {
  return Stack.of(grantee).formatArn({ service: 'dynamodb', resource: 'table', resourceName: table });
}

function bucketArn(grantee: Function, bucket: string): string {
  return Stack.of(grantee).formatArn({ service: 's3', region: '', account: '', resource: bucket });
}

function objectArns(grantee: Function, { bucket, prefix }: S3Store): string {
  return `${bucketArn(grantee, bucket)}/${prefix}*`;
}
