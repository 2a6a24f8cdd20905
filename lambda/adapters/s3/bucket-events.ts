import { GetBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';

/** Whether a bucket tells EventBridge what happens to its objects: its owner turns that on. */
export async function tellsEventBridge(s3: S3Client, bucket: string): Promise<boolean> {
  const { EventBridgeConfiguration } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: bucket }),
  );
  return EventBridgeConfiguration !== undefined;
}
