import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket } from './bucket.ts';
import { readable } from './object-versions.ts';
import { emptyResponse, type S3Request } from './s3-request.ts';
import { ALGORITHM, askedEncryption, BUCKET_KEY, KEY_ARN, KEY_ID } from './server-side-keys.ts';

/** Gives an object version another key. Everything else of it stays as it is, its date and ETag included. */
export function updateEncryption(request: S3Request, bucket: Bucket): AwsResponse {
  const version = readable(request, bucket);
  const { KMSKeyArn: keyArn = '', BucketKeyEnabled: bucketKey = 'false' } =
    askedEncryption(request.body) ?? {};
  const account = KEY_ARN.exec(keyArn)?.[1];
  if (account === undefined)
    throw invalid(
      "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key Amazon Resource Name (ARN).",
    );
  if (!['true', 'false'].includes(bucketKey)) throw invalid("The BucketKeyEnabled value isn't valid.");
  if (!['AES256', 'aws:kms'].includes(version.headers[ALGORITHM] ?? ''))
    throw invalid('Only source objects encrypted with SSE-S3 or SSE-KMS are supported.');
  if (account !== bucket.accountId)
    throw denied('The AWS KMS key in the request must be owned by the same account as the bucket.');
  if (isLocked(version.headers)) throw denied('The object is protected by S3 Object Lock.');
  const { [BUCKET_KEY]: _former, ...others } = version.headers;
  version.headers = {
    ...others,
    [ALGORITHM]: 'aws:kms',
    [KEY_ID]: keyArn,
    ...(bucketKey === 'true' && { [BUCKET_KEY]: 'true' }),
  };
  return emptyResponse();
}

function isLocked(headers: Readonly<Record<string, string>>): boolean {
  const until = headers['x-amz-object-lock-retain-until-date'];
  return (
    headers['x-amz-object-lock-legal-hold'] === 'ON' ||
    (until !== undefined && Date.parse(until) > Date.now())
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequest', message);
}

function denied(message: string): AwsError {
  return new AwsError('AccessDenied', message, { status: 403 });
}
