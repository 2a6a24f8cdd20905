import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';
import type { JournalProtection } from './journal-protection.ts';

/**
 * Holds old data keys from before they were replaced. Versioned and retained: a rollback needs nothing else. The journal
 * is kept for good, unless the deployment limits it. Workers may add to it, but never delete from it or read intents
 * back.
 */
export class JournalBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { retention, objectLock }: JournalProtection = {}) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
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
      ...(retention !== undefined &&
        objectLock !== undefined && {
          objectLockEnabled: true,
          objectLockDefaultRetention: ObjectLockRetention[objectLock](retention),
        }),
    });
  }

  grantAppend(worker: Function): void {
    this.configure(worker);
    worker.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects('intents/*'), this.bucket.arnForObjects('outcomes/*')],
      }),
    );
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

  /** Its name, for functions that only report where the journal is. */
  configure(reader: Function): void {
    reader.addEnvironment(ENV.journalBucket, this.bucket.bucketName);
  }
}
