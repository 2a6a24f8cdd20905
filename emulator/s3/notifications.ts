import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket } from './bucket.ts';
import { emptyResponse, parseXml, xmlResponse, type S3Request } from './s3-request.ts';
import { notImplemented } from './subresource.ts';

/** What S3 tells EventBridge of a new object (S3 user guide, EventBridge event message structure). */
export interface ObjectCreated {
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: object;
}

export function getNotifications({ eventBridge }: Bucket): AwsResponse {
  const configured = eventBridge ? '<EventBridgeConfiguration></EventBridgeConfiguration>' : '';
  return xmlResponse(`<NotificationConfiguration>${configured}</NotificationConfiguration>`);
}

/** A configuration replaces the one that was there. */
export function putNotifications({ body }: S3Request, bucket: Bucket): AwsResponse {
  const parsed = parseXml(body)['NotificationConfiguration'];
  if (parsed === undefined)
    throw new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate');
  const names = typeof parsed === 'object' && parsed !== null ? Object.keys(parsed) : [];
  const other = names.find(name => name !== 'EventBridgeConfiguration' && !name.startsWith('@'));
  if (other !== undefined) throw notImplemented(`${other} of notifications`);
  bucket.eventBridge = names.includes('EventBridgeConfiguration');
  return emptyResponse();
}

/** By the operations that make an object. */
const REASONS: Readonly<Record<string, string>> = {
  PUT: 'PutObject',
  'POST uploadId': 'CompleteMultipartUpload',
};

/** What there is to tell of a request that has succeeded; nothing if it has made no object, or if nobody is to be told. */
export function createdBy(request: S3Request, operation: string, bucket: Bucket): ObjectCreated | undefined {
  const { key, headers, accountId, at } = request;
  const reason = REASONS[operation];
  const version = bucket.objects.current(key);
  if (!bucket.eventBridge || reason === undefined || version === undefined) return undefined;
  const { body, etag, versionId, lastModified } = version;
  return {
    ...{ accountId: bucket.accountId, region: bucket.region, resources: [`arn:aws:s3:::${bucket.name}`] },
    detail: {
      ...{ version: '0', 'event-version': '1.0', bucket: { name: bucket.name } },
      object: {
        ...{ key, size: body.length, etag: etag.replaceAll('"', '') },
        ...(bucket.versioning !== '' && { 'version-id': versionId }),
        sequencer: lastModified.toString(16).toUpperCase().padStart(16, '0'),
      },
      ...{ 'request-id': at.requestId, requester: accountId, 'source-ip-address': '127.0.0.1' },
      reason: headers['x-amz-copy-source'] === undefined ? reason : 'CopyObject',
    },
  };
}
