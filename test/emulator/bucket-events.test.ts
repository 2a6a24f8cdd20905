import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';

const Bucket = 'documents';
const queueArn = 'arn:aws:sqs:us-east-1:111122223333:written';

interface Told {
  readonly 'detail-type': string;
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: { readonly key: string; readonly etag: string; readonly 'version-id'?: string };
    readonly reason: string;
  };
}

/** A queue that gets what S3 tells of buckets. */
function assembly(): string {
  const app = new App({
    outdir: mkdtempSync(join(tmpdir(), 'assembly-')),
    builtinCloudFormationValidation: false,
  });
  const stack = new Stack(app, 'Events', { env: { region: 'us-east-1', account: '111122223333' } });
  const queue = new Queue(stack, 'Queue', { queueName: 'written' });
  const rule = new CfnRule(stack, 'Rule', {
    eventPattern: { source: ['aws.s3'], detail: { bucket: { name: [Bucket] } } },
    targets: [{ id: 'queue', arn: queue.queueArn }],
  });
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }),
  );
  return app.synth().directory;
}

describe('what S3 tells EventBridge', () => {
  let aws: Embedded;
  beforeAll(async () => {
    aws = await embedded();
    await aws.aws.deploy(assembly());
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
  });
  afterAll(() => aws.stop());

  const told = (): readonly Told[] => {
    const { queues } = aws.aws.messaging;
    const batch = queues.receive(queueArn, 10);
    queues.remove(
      queueArn,
      batch.map(({ messageId }) => messageId),
    );
    return batch.map(({ body }) => JSON.parse(body) as Told);
  };
  const turn = (NotificationConfiguration: object) =>
    aws.s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  const put = (Key: string) => aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  const configured = async () => {
    const shown = await aws.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return shown.EventBridgeConfiguration;
  };

  it('is nothing until somebody turns it on, nor after that is taken back', async () => {
    await put('a');
    expect([told(), await configured()]).toEqual([[], undefined]);
    await turn({ EventBridgeConfiguration: {} });
    expect(await configured()).toEqual({});
    await turn({});
    await put('a');
    expect([told(), await configured()]).toEqual([[], undefined]);
    await turn({ EventBridgeConfiguration: {} });
  });

  it('is each new object, under its key as it is, with how it was made', async () => {
    const { ETag } = await put('a b+ü/%41.txt');
    await aws.s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/a` }));
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }));
    const part = { Bucket, Key: 'parts', UploadId };
    const { ETag: ofPart } = await aws.s3.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: 'x' }));
    await aws.s3.send(
      new CompleteMultipartUploadCommand({
        ...part,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: ofPart }] },
      }),
    );
    const events = told();
    expect(events.map(({ detail: { object, reason } }) => [object.key, reason])).toEqual([
      ['a b+ü/%41.txt', 'PutObject'],
      ['copy', 'CopyObject'],
      ['parts', 'CompleteMultipartUpload'],
    ]);
    expect(events[0]).toMatchObject({
      'detail-type': 'Object Created',
      detail: { bucket: { name: Bucket }, object: { etag: ETag!.replaceAll('"', '') } },
    });
    expect(events[0]?.detail.object).not.toHaveProperty('version-id');
  });

  it('is no request that fails, that makes no object, or that is about tags', async () => {
    const failing = new PutObjectCommand({ Bucket, Key: 'a', Body: 'y', IfNoneMatch: '*' });
    expect(await errorName(aws.s3.send(failing))).toBe('PreconditionFailed');
    const Tagging = { TagSet: [{ Key: 'k', Value: 'v' }] };
    await aws.s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging }));
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'copy' }));
    expect(told()).toEqual([]);
  });

  it('has the version of an object where there are versions', async () => {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const { VersionId } = await put('a');
    expect(told().map(({ detail }) => detail.object['version-id'])).toEqual([VersionId]);
  });

  it('takes a permission of its own to turn on, and to see', async () => {
    const allowed = { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' };
    const credentials = aws.aws.createUser('writer', [{ Version: '2012-10-17', Statement: [allowed] }]);
    const s3 = new S3Client({ endpoint: aws.endpoint, region: 'us-east-1', credentials });
    const asked = [
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
      new GetBucketNotificationConfigurationCommand({ Bucket }),
    ];
    expect(await errorName(s3.send(asked[0] as PutBucketNotificationConfigurationCommand))).toBe(
      'AccessDenied',
    );
    expect(await errorName(s3.send(asked[1] as GetBucketNotificationConfigurationCommand))).toBe(
      'AccessDenied',
    );
    s3.destroy();
  });

  it('goes to EventBridge alone', async () => {
    const QueueConfigurations = [{ QueueArn: queueArn, Events: ['s3:ObjectCreated:*' as const] }];
    expect(await errorName(turn({ QueueConfigurations }))).toBe('NotImplemented');
  });
});
