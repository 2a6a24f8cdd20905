import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';
import type { DeploymentKey } from './deployment-key.ts';
import { bucketEncryption, takenOverBucket, type StorageProps } from './take-over.ts';

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

  readonly #key: DeploymentKey | undefined;

  constructor(scope: Construct, id: string, { takeOver, key }: StorageProps = {}) {
    super(scope, id);
    this.#key = key;
    this.bucket = takeOver === undefined ? this.made(key) : takenOverBucket(this, takeOver);
  }

  private made(key: DeploymentKey | undefined): IBucket {
    return new Bucket(this, 'Bucket', {
      ...bucketEncryption(key),
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
    this.#key?.allow(grantee, 's3', ['kms:Decrypt']);
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
    this.#key?.allow(grantee, 's3', ['kms:GenerateDataKey']);
  }

  /** The maps of the state machine read units, and write results in parts. Their other rights come from the CDK. */
  grantKey(role: IGrantable): void {
    this.#key?.allow(role, 's3', ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  private grant(grantee: Function, action: string): void {
    grantee.addEnvironment(ENV.runBucket, this.bucket.bucketName);
    grantee.addToRolePolicy(
      new PolicyStatement({ actions: [action], resources: [this.bucket.arnForObjects('runs/*')] }),
    );
  }
}
