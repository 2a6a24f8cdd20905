import type { BatchRequest } from '../../lambda/core/retire/batch-requests.ts';
import type { BatchRole } from '../../lambda/core/retire/batch-role.ts';

/** What was written for S3 Batch Operations. */
export interface WrittenRequests {
  readonly job: string;
  readonly folder: string;
  readonly requests: readonly BatchRequest[];
  readonly role: BatchRole;
}

export function batchText({ folder, requests, role }: WrittenRequests): string {
  const count = requests.length === 1 ? '1 request' : `${requests.length} requests`;
  return [
    `${count} for S3 Batch Operations in ${folder}; nothing was sent`,
    ...requests.map(requestLine),
    '',
    'The role needs this trust policy:',
    JSON.stringify(role.trust, null, 2),
    'and these permissions:',
    JSON.stringify(role.permissions, null, 2),
    '',
    'S3 gives each job an id and makes its list of objects. Look at it, and then confirm:',
    'aws s3control update-job-status --account-id ACCOUNT --job-id ID --requested-job-status Ready',
    '',
    'Not looked at:',
    '· whether there is an object for each request: a verify run counts by key, and not by S3 Bucket Keys',
    '· noncurrent versions: AWS does not say whether the list that S3 makes has them',
    '· objects under Object Lock, and those under DSSE-KMS: S3 does not change them, and the job names them',
  ].join('\n');
}

function requestLine({ file, bucket, prefixes, keyArn, bucketKeys }: BatchRequest): string {
  const where = prefixes.length === 0 ? bucket : `${bucket} (${prefixes.join(', ')})`;
  return `· ${file}: ${where}, under ${keyArn}, ${bucketKeys ? 'with' : 'without'} S3 Bucket Keys`;
}
