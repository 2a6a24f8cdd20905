import { AwsError } from '../../protocol/aws-error.ts';
import type { Bucket, DefaultRetention } from '../../s3/bucket.ts';
import { checkBucketName } from '../../s3/bucket-names.ts';
import type { ResourceHandler } from '../acting.ts';
import type { StackResource } from '../stack.ts';

type Properties = StackResource['properties'];

export const bucketHandler: ResourceHandler = {
  create({ physicalId, properties }, { services: { buckets }, place }) {
    const locked = properties['ObjectLockEnabled'] === true;
    needLockable(properties, locked);
    checkBucketName(physicalId);
    const bucket = buckets.create(physicalId, place);
    bucket.objectLock = locked;
    configure(bucket, properties);
  },
  update({ physicalId, properties }, _, { services: { buckets } }) {
    const bucket = buckets.get(physicalId);
    needLockable(properties, bucket.objectLock);
    configure(bucket, properties);
  },
  delete({ physicalId }, { services: { buckets } }) {
    buckets.delete(physicalId);
  },
};

interface LockConfiguration {
  readonly Rule?: {
    readonly DefaultRetention?: {
      readonly Mode: DefaultRetention['mode'];
      readonly Days?: number;
      readonly Years?: number;
    };
  };
}

/** CloudFormation enables Object Lock on new buckets only, and only by the property of that name. */
function needLockable(properties: Properties, locked: boolean): void {
  if (properties['ObjectLockConfiguration'] !== undefined && !locked)
    throw new AwsError(
      'InvalidBucketState',
      'Object Lock configuration cannot be enabled on existing buckets',
      { status: 409 },
    );
}

function configure(bucket: Bucket, properties: Properties): void {
  const versioning = (properties['VersioningConfiguration'] as { readonly Status?: string } | undefined)
    ?.Status;
  // A bucket that once had versions can only suspend them. Object Lock needs them.
  bucket.versioning =
    versioning === 'Enabled' || bucket.objectLock ? 'Enabled' : bucket.versioning === '' ? '' : 'Suspended';
  bucket.encryption = encryptionOf(properties['BucketEncryption']);
  bucket.customerKeys = allowsCustomerKeys(properties['BucketEncryption']);
  const lock = properties['ObjectLockConfiguration'] as LockConfiguration | undefined;
  const retention = lock?.Rule?.DefaultRetention;
  bucket.retention =
    retention === undefined
      ? undefined
      : {
          mode: retention.Mode,
          ...(retention.Days !== undefined && { days: retention.Days }),
          ...(retention.Years !== undefined && { years: retention.Years }),
        };
  const controls = properties['OwnershipControls'] as
    { readonly Rules?: readonly { readonly ObjectOwnership?: string }[] } | undefined;
  bucket.ownership = controls?.Rules?.[0]?.ObjectOwnership ?? 'BucketOwnerEnforced';
}

interface EncryptionRule {
  readonly ServerSideEncryptionByDefault?: {
    readonly SSEAlgorithm: string;
    readonly KMSMasterKeyID?: string;
  };
  readonly BucketKeyEnabled?: boolean;
  readonly BlockedEncryptionTypes?: { readonly EncryptionType?: readonly string[] };
}

function encryptionRule(configuration: unknown): EncryptionRule {
  const { ServerSideEncryptionConfiguration: rules = [] } = (configuration ?? {}) as {
    readonly ServerSideEncryptionConfiguration?: readonly EncryptionRule[];
  };
  return rules[0] ?? {};
}

/** SSE-C is blocked unless the template says otherwise. */
function allowsCustomerKeys(configuration: unknown): boolean {
  return encryptionRule(configuration).BlockedEncryptionTypes?.EncryptionType?.includes('NONE') ?? false;
}

function encryptionOf(configuration: unknown): Bucket['encryption'] {
  const { ServerSideEncryptionByDefault: byDefault, BucketKeyEnabled = false } =
    encryptionRule(configuration);
  return {
    algorithm: byDefault?.SSEAlgorithm ?? 'AES256',
    bucketKey: BucketKeyEnabled,
    ...(byDefault?.KMSMasterKeyID !== undefined && { kmsKeyId: byDefault.KMSMasterKeyID }),
  };
}

export const bucketPolicyHandler: ResourceHandler = {
  create({ physicalId, properties }, { services: { buckets } }) {
    const bucket = buckets.get(physicalId);
    if (bucket.policy !== undefined)
      throw new AwsError('AlreadyExists', `The bucket policy already exists on bucket ${physicalId}.`);
    bucket.policy = JSON.stringify(properties['PolicyDocument']);
  },
  update({ physicalId, properties }, _, { services: { buckets } }) {
    buckets.get(physicalId).policy = JSON.stringify(properties['PolicyDocument']);
  },
  delete({ physicalId }, { services: { buckets } }) {
    const bucket = buckets.find(physicalId);
    if (bucket !== undefined) Reflect.deleteProperty(bucket, 'policy');
  },
};
