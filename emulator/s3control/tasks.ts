import { randomUUID } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { Authorization } from '../protocol/authorization.ts';
import type { AwsRequest, AwsResponse, Service } from '../protocol/request.ts';
import type { Buckets, ObjectVersion } from '../s3/bucket.ts';
import { escapeXml } from '../s3/s3-request.ts';
import { ALGORITHM, BUCKET_KEY, KEY_ID } from '../s3/server-side-keys.ts';
import type { BatchJob, Filter } from './batch-job.ts';

interface Doing {
  readonly buckets: Buckets;
  readonly s3: () => Service;
  readonly authorizationOf: (from: Pick<AwsRequest, 'caller' | 'region' | 'service'>) => Authorization;
}

/** The keys of the objects that a job is about. @throws AwsError if its role may not have a list made of them */
export function listObjects(job: BatchJob, { buckets, authorizationOf }: Doing): readonly string[] {
  const { bucket: name, owner, prefixes } = job.filter;
  const bucket = buckets.get(name);
  if (bucket.region !== job.region || (owner !== undefined && owner !== bucket.accountId))
    throw new AwsError('AccessDenied', `${name} is not of that owner and Region`, { status: 403 });
  authorizationOf(asRole(job)).need({
    ...{ action: 's3:PutInventoryConfiguration', resource: `arn:aws:s3:::${name}` },
    resourceAccountId: bucket.accountId,
    ...(bucket.policy !== undefined && { resourcePolicy: bucket.policy }),
  });
  return bucket.objects.keys.filter(key => {
    const version = bucket.objects.current(key);
    return (
      version !== undefined &&
      (prefixes.length === 0 || prefixes.some(prefix => key.startsWith(prefix))) &&
      isUnder(version, job.filter.encryption)
    );
  });
}

function isUnder({ headers }: ObjectVersion, { keyArn, bucketKey }: Filter['encryption']): boolean {
  const hasBucketKey = headers[BUCKET_KEY] === 'true';
  return (
    headers[ALGORITHM] === 'aws:kms' &&
    headers[KEY_ID] === keyArn &&
    (bucketKey === undefined || bucketKey === hasBucketKey)
  );
}

/** UpdateObjectEncryption of one object, as the role of the job. */
export function carryOut(job: BatchJob, key: string, { s3, authorizationOf }: Doing): Promise<AwsResponse> {
  const { keyArn, bucketKey = false } = job.newKey;
  const body = `<ObjectEncryption><SSE-KMS><KMSKeyArn>${escapeXml(keyArn)}</KMSKeyArn><BucketKeyEnabled>${bucketKey}</BucketKeyEnabled></SSE-KMS></ObjectEncryption>`;
  const path = `/${job.filter.bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const from = asRole(job);
  return s3().handle({
    ...{ method: 'PUT', path, query: new URLSearchParams({ encryption: '' }), headers: {} },
    ...{ ...from, body: Buffer.from(body), iam: authorizationOf(from), requestId: randomUUID() },
  });
}

function asRole({ accountId, roleArn, region }: BatchJob): Pick<AwsRequest, 'caller' | 'region' | 'service'> {
  return { caller: { accountId, arn: roleArn }, region, service: 's3' };
}
