import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, BucketPolicy, type BucketProps, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DeploymentKey } from './deployment-key.ts';
import { ContextRefused } from './journal-protection.ts';

/**
 * What an earlier deployment has left, by name: its runs can be reported, gone on with and rolled back by this one. What is not
 * named is made.
 */
export interface TakeOver {
  readonly journalBucket?: string;
  readonly runBucket?: string;
  readonly ledgerTable?: string;
}

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

/**
 * What the context `takeOver` says of a Region: `{"us-east-1":{"journalBucket":"…","runBucket":"…","ledgerTable":"…"}}`, an object
 * or its JSON.
 *
 * @throws ContextRefused
 */
export function takeOverIn(region: string, context: unknown): TakeOver {
  if (context === undefined) return {};
  const regions = objectIn(context);
  const named = Object.entries(objectIn(regions[region] ?? {}));
  const wrong = named.find(
    ([name, value]) => !NAMES.includes(name) || typeof value !== 'string' || value === '',
  );
  if (wrong !== undefined)
    throw new ContextRefused(
      `takeOver = ${JSON.stringify(named)}: ${wrong[0]} is none of ${NAMES.join(', ')}, or no name`,
    );
  return Object.fromEntries(named);
}

const NAMES: readonly string[] = ['journalBucket', 'runBucket', 'ledgerTable'];

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // Says the same as any other value that is no object.
  }
  throw new ContextRefused(
    `takeOver = ${JSON.stringify(value)}: is no object; write {"REGION":{"journalBucket":"NAME","runBucket":"NAME","ledgerTable":"NAME"}}`,
  );
}
