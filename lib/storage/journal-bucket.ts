import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import {
  BlockPublicAccess,
  Bucket,
  ObjectLockRetention,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';
import type { JournalProtection } from './journal-protection.ts';
import type { DeploymentKey } from './deployment-key.ts';
import { bucketEncryption, takenOverBucket, type StorageProps } from './take-over.ts';

export interface JournalBucketProps extends StorageProps {
  readonly protection?: JournalProtection;
}

/**
 * Holds old data keys from before they were replaced. Versioned and retained: a rollback needs nothing else. The journal
 * is kept for good, unless the deployment limits it. Workers may add to it, but never delete from it, and only RollbackUnit may read
 * intents back.
 */
export class JournalBucket extends Construct {
  readonly bucket: IBucket;

  readonly #key: DeploymentKey | undefined;

  constructor(scope: Construct, id: string, { protection = {}, takeOver, key }: JournalBucketProps = {}) {
    super(scope, id);
    this.#key = key;
    if (takeOver !== undefined && protection.retention !== undefined)
      throw new JobsRefused(
        `takeOver names the journal bucket ${takeOver}, whose settings stay as they are; leave out journalRetentionDays and journalObjectLock, and set lifecycle and Object Lock on the bucket itself`,
      );
    this.bucket = takeOver === undefined ? this.made(protection, key) : takenOverBucket(this, takeOver);
  }

  /**
   * Object Lock is always enabled, which protects nothing by itself: CloudFormation would put a new and empty bucket in the place
   * of this one if that ever changed. Only the default retention comes and goes.
   */
  private made({ retention, objectLock }: JournalProtection, key: DeploymentKey | undefined): IBucket {
    const lock =
      retention !== undefined && objectLock !== undefined
        ? ObjectLockRetention[objectLock](retention)
        : undefined;
    const bucket = new Bucket(this, 'Bucket', {
      ...bucketEncryption(key),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          ...(retention !== undefined && {
            expiration: retention,
            // Nothing is ever overwritten, so a noncurrent version has expired.
            noncurrentVersionExpiration: Duration.days(1),
          }),
        },
      ],
      objectLockEnabled: true,
      ...(lock !== undefined && { objectLockDefaultRetention: lock }),
    });
    if (lock === undefined)
      // Said in so many words, so that a default retention that was there before ends.
      (bucket.node.defaultChild as CfnBucket).objectLockConfiguration = { objectLockEnabled: 'Enabled' };
    return bucket as IBucket;
  }

  grantAppend(worker: Function): void {
    this.configure(worker);
    worker.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('intents/*'), this.bucket.arnForObjects('outcomes/*')],
      }),
    );
    this.#key?.allow(worker, 's3', ['kms:GenerateDataKey']);
  }

  /** Lets a worker name what it leaves, and nothing on which a proof could rest. */
  grantNameUnproven(worker: Function): void {
    this.configure(worker);
    worker.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('unproven/*')],
      }),
    );
    this.#key?.allow(worker, 's3', ['kms:GenerateDataKey']);
  }

  /** Outcomes hold digests, never ciphertexts. */
  grantReadOutcomes(worker: Function): void {
    this.read(worker, ['outcomes/*']);
  }

  /** Lets the worker that restores old data keys read them. */
  grantReadIntents(worker: Function): void {
    this.read(worker, ['intents/*', 'outcomes/*']);
  }

  private read(worker: Function, prefixes: readonly string[]): void {
    this.configure(worker);
    this.#key?.allow(worker, 's3', ['kms:Decrypt']);
    worker.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: prefixes.map(prefix => this.bucket.arnForObjects(prefix)),
      }),
    );
    worker.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        // IfExists: S3 asks for this permission, without a prefix, to answer 404 for an object that is missing.
        conditions: { StringLikeIfExists: { 's3:prefix': [...prefixes] } },
      }),
    );
  }

  /**
   * Nobody else reads old data keys, whatever identity policies say: an administrator must first change this policy, which
   * CloudTrail shows. It denies reading only, so that it locks nobody out of the bucket.
   */
  closeIntents(readers: readonly string[]): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheseReadOldDataKeys',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectVersionForReplication'],
        resources: [this.bucket.arnForObjects('intents/*')],
        conditions: { ArnNotLike: { 'aws:PrincipalArn': [...readers] } },
      }),
    );
  }

  /** Its name, for functions that only report where the journal is. */
  configure(reader: Function): void {
    reader.addEnvironment(ENV.journalBucket, this.bucket.bucketName);
  }
}
