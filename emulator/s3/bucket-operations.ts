import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import { readable, type Bucket, type Buckets } from './bucket.ts';
import { deleteObject } from './delete-object.ts';
import { emptyResponse, escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

export function createBucket(
  { bucket: name, region, accountId, headers, body }: S3Request,
  buckets: Buckets,
): AwsResponse {
  const constraint = /<LocationConstraint>([^<]+)<\/LocationConstraint>/.exec(body.toString('utf8'))?.[1];
  const bucket = buckets.create(name, { accountId, region: constraint ?? region });
  if (headers['x-amz-bucket-object-lock-enabled'] === 'true') {
    bucket.objectLock = true;
    bucket.versioning = 'Enabled';
  }
  bucket.ownership = headers['x-amz-object-ownership'] ?? bucket.ownership;
  return emptyResponse(200, { location: `/${name}` });
}

export function listBuckets({ accountId }: S3Request, buckets: Buckets): AwsResponse {
  const entries = buckets.all().filter(bucket => bucket.accountId === accountId);
  const list = entries.map(
    ({ name, createdAt, region }) =>
      `<Bucket><Name>${name}</Name><CreationDate>${new Date(createdAt).toISOString()}</CreationDate><BucketRegion>${region}</BucketRegion></Bucket>`,
  );
  return xmlResponse(
    `<ListAllMyBucketsResult><Owner><ID>${accountId}</ID></Owner><Buckets>${list.join('')}</Buckets></ListAllMyBucketsResult>`,
  );
}

export function getVersioning({ versioning }: Bucket): AwsResponse {
  return xmlResponse(
    `<VersioningConfiguration>${versioning === '' ? '' : `<Status>${versioning}</Status>`}</VersioningConfiguration>`,
  );
}

export function putVersioning({ body }: S3Request, bucket: Bucket): AwsResponse {
  const status = (parseXml(body)['VersioningConfiguration'] as { readonly Status?: string } | undefined)
    ?.Status;
  if (status !== 'Enabled' && status !== 'Suspended')
    throw new AwsError('MalformedXML', 'The versioning status is Enabled or Suspended');
  bucket.versioning = status;
  return emptyResponse();
}

export function getOwnership({ ownership }: Bucket): AwsResponse {
  return xmlResponse(
    `<OwnershipControls><Rule><ObjectOwnership>${ownership}</ObjectOwnership></Rule></OwnershipControls>`,
  );
}

export function putOwnership({ body }: S3Request, bucket: Bucket): AwsResponse {
  const controls = parseXml(body)['OwnershipControls'] as
    { readonly Rule?: readonly { readonly ObjectOwnership: string }[] } | undefined;
  bucket.ownership = controls?.Rule?.[0]?.ObjectOwnership ?? bucket.ownership;
  return emptyResponse();
}

export function getLocation({ region }: Bucket): AwsResponse {
  return xmlResponse(`<LocationConstraint>${region === 'us-east-1' ? '' : region}</LocationConstraint>`);
}

export function getTagging({ key, query }: S3Request, bucket: Bucket): AwsResponse {
  const { tags } = readable(key, query.get('versionId'), bucket);
  const list = Object.entries(tags).map(
    ([name, value]) => `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return xmlResponse(`<Tagging><TagSet>${list.join('')}</TagSet></Tagging>`);
}

export function putTagging({ key, query, body }: S3Request, bucket: Bucket): AwsResponse {
  const tagging = parseXml(body)['Tagging'] as
    | {
        readonly TagSet?: { readonly Tag?: readonly { readonly Key: string; readonly Value: string }[] } | '';
      }
    | undefined;
  const tags = typeof tagging?.TagSet === 'object' ? (tagging.TagSet.Tag ?? []) : [];
  if (tags.length > 10) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10');
  readable(key, query.get('versionId'), bucket).tags = Object.fromEntries(
    tags.map(({ Key, Value }) => [Key, Value]),
  );
  return emptyResponse();
}

export function deleteTagging({ key, query }: S3Request, bucket: Bucket): AwsResponse {
  readable(key, query.get('versionId'), bucket).tags = {};
  return emptyResponse(204);
}

export function getAcl({ key, query }: S3Request, bucket: Bucket): AwsResponse {
  const { grants } = readable(key, query.get('versionId'), bucket);
  const all =
    grants.length === 0 ? [{ grantee: `id="${bucket.accountId}"`, permission: 'FULL_CONTROL' }] : grants;
  const list = all.map(
    ({ grantee, permission }) =>
      `<Grant>${granteeXml(grantee)}<Permission>${permission}</Permission></Grant>`,
  );
  return xmlResponse(
    `<AccessControlPolicy><Owner><ID>${bucket.accountId}</ID></Owner><AccessControlList>${list.join('')}</AccessControlList></AccessControlPolicy>`,
  );
}

function granteeXml(grantee: string): string {
  const [, kind, value = ''] = /^(id|uri)="(.*)"$/.exec(grantee) ?? [];
  const [type, element] = kind === 'uri' ? ['Group', 'URI'] : ['CanonicalUser', 'ID'];
  return `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}"><${element}>${escapeXml(value)}</${element}></Grantee>`;
}

export function deleteObjects({ body }: S3Request, bucket: Bucket): AwsResponse {
  const request = parseXml(body)['Delete'] as
    | {
        readonly Object?: readonly { readonly Key: string; readonly VersionId?: string }[];
        readonly Quiet?: string;
      }
    | undefined;
  const deleted = (request?.Object ?? []).map(({ Key, VersionId }) => {
    deleteObject(Key, VersionId ?? null, bucket);
    return `<Deleted><Key>${escapeXml(Key)}</Key></Deleted>`;
  });
  return xmlResponse(`<DeleteResult>${request?.Quiet === 'true' ? '' : deleted.join('')}</DeleteResult>`);
}
