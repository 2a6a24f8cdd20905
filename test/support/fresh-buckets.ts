import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';

/** Makes buckets on loopback, each with a name of its own. */
export function freshBuckets(
  prefix: string,
  s3: () => S3Client,
): (input?: Readonly<Record<string, unknown>>) => Promise<string> {
  let made = 0;
  return async (input = {}) => {
    const Bucket = `${prefix}-${++made}`;
    await s3().send(new CreateBucketCommand({ Bucket, ...input }));
    return Bucket;
  };
}
