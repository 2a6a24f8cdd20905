import type { Keys } from '../aws/messages.ts';

const CONTEXT = { purpose: 'bench' };
/** Runs lower these. KMS has no higher quota than 100,000. */
const LIMITS = { kmsRequestsPerSecond: 100_000, maxConcurrency: 1_000, toleratedFailurePercentage: 0 };

export const BUCKET_PREFIX = 'files/';

export function tableJob(name: string, table: string, keys: Keys): object {
  const format = {
    type: 'attribute',
    ...{ dataKey: 'keys[*].edk', keyArn: 'keys[*].key', encoding: 'binary', encryptionContext: CONTEXT },
  };
  return jobOf(name, { type: 'dynamodb', table, format }, keys);
}

export function bucketJob(
  name: string,
  bucket: string,
  { keys, prefix }: { readonly keys: Keys; readonly prefix: string },
): object {
  const format = {
    type: 'object-metadata',
    ...{ dataKey: 'data-key', keyArn: 'kms-key-arn', encryptionContext: CONTEXT },
  };
  return jobOf(name, { type: 's3', bucket, prefix, format }, keys);
}

function jobOf(name: string, store: object, { source, destination }: Keys): object {
  return {
    ...{ name, source: { keys: [source] }, destination: { key: destination } },
    ...{ route: { type: 'direct' }, stores: [store], limits: LIMITS, verify: 'full' },
  };
}
