import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, BucketPolicy, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DeploymentKey } from './deployment-key.ts';

/** Of each thing that holds data. */
export interface StorageProps {
  /** The name of one that there is already. */
  readonly takeOver?: string | undefined;
  /** @default keys of AWS */
  readonly key?: DeploymentKey | undefined;
}

/** With a bucket key, S3 asks KMS once for many objects. */
export function bucketEncryption(key: DeploymentKey | undefined): BucketProps {
  return key === undefined
    ? { encryption: BucketEncryption.S3_MANAGED }
    : { encryption: BucketEncryption.KMS, encryptionKey: key.key, bucketKeyEnabled: true };
}

/**
 * A bucket that there is already. Its settings stay as they are. Its policy comes from this stack, under the logical id that a
 * bucket of this stack would give it: so a stack may take over its own bucket, and CloudFormation updates the policy.
 */
export function takenOverBucket(scope: Construct, name: string): IBucket {
  const bucket = Bucket.fromBucketName(scope, 'TakenOver', name);
  const policy = new BucketPolicy(new Construct(scope, 'Bucket'), 'Policy', { bucket });
  policy.document.addStatements(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:*'],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    }),
  );
  bucket.policy = policy;
  return bucket;
}
