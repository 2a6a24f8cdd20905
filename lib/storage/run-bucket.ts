import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';
import { takenOverBucket } from './take-over.ts';

/**
 * An execution may run for a year. Its plan is written at the beginning and its rollback needs it, so keep it for another
 * year.
 */
const KEEP = Duration.days(730);

/** Where Athena puts results of queries of the journal. They may hold old data keys. */
export const QUERY_RESULTS = 'athena';
const QUERY_RESULTS_KEEP = Duration.days(7);

/** Plans, units, map results and reports: everything about runs but the journal. */
export class RunBucket extends Construct {
  readonly bucket: IBucket;

  /** @param takeOver the name of a run bucket that there is already */
  constructor(scope: Construct, id: string, { takeOver }: { readonly takeOver?: string | undefined } = {}) {
    super(scope, id);
    this.bucket = takeOver === undefined ? this.made() : takenOverBucket(this, takeOver);
  }

  private made(): IBucket {
    return new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { expiration: KEEP, abortIncompleteMultipartUploadAfter: Duration.days(7) },
        { prefix: `${QUERY_RESULTS}/`, expiration: QUERY_RESULTS_KEEP },
      ],
    }) as IBucket;
  }

  /**
   * Objects and their names: plans, units, what the maps of runs have left. `IfExists`, because S3 asks for the same
   * permission, without a prefix, when an object is missing: who may not list gets 403 instead of 404.
   */
  grantRead(grantee: Function): void {
    this.grant(grantee, 's3:GetObject');
    grantee.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
        conditions: { StringLikeIfExists: { 's3:prefix': 'runs/*' } },
      }),
    );
  }

  grantWrite(grantee: Function): void {
    this.grant(grantee, 's3:PutObject');
  }

  private grant(grantee: Function, action: string): void {
    grantee.addEnvironment(ENV.runBucket, this.bucket.bucketName);
    grantee.addToRolePolicy(
      new PolicyStatement({ actions: [action], resources: [this.bucket.arnForObjects('runs/*')] }),
    );
  }
}
