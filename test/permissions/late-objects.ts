import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import type { Embedded } from '../support/embedded.ts';
import { inContext, type Mutants } from '../support/mutants.ts';
import type { Account } from './account.ts';

const Bucket = 'followed-documents';
export const LATE_OBJECTS = 2;

/** As the owner of the bucket that is followed. */
export async function tellEvents({ here }: Account): Promise<void> {
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await here.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
}

/** As an application that has not heard of the new key. */
export async function writeLateObjects({ aws }: Embedded, account: Account): Promise<void> {
  const { source, bucketEncryption: SSEKMSKeyId } = account.keys;
  await account.fillBucket(Bucket, {
    ...{ key: source, folder: 'a/b/late-', records: LATE_OBJECTS },
    object: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId },
  });
  await aws.messaging.mappings.idle();
}

/** Asks the queue of what was written as other rules would, and as its reader without TLS. What the answers are. */
export function outsidersAtQueue(mutants: Mutants): readonly string[] {
  const isWritten = (resource: string): boolean => /^arn:aws:sqs:.*FollowWritten/.test(resource);
  const byRule = mutants.asIf(
    ({ resource, principal }) => isWritten(resource) && principal.kind === 'service',
    request =>
      inContext(request, { 'aws:sourcearn': 'arn:aws:events:us-east-1:111122223333:rule/of-others' }),
  );
  const byReader = mutants.asIf(
    ({ resource, principal }) => isWritten(resource) && principal.kind === 'role',
    request => inContext(request, { 'aws:securetransport': 'false' }),
  );
  return [...byRule, ...byReader];
}
