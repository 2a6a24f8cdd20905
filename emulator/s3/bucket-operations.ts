import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, Buckets } from './bucket.ts';
import { checkBucketName } from './bucket-names.ts';
import { readable, taggable } from './object-versions.ts';
import { tagsOf } from './tags.ts';
import { emptyResponse, escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

const OWNERSHIPS: readonly string[] = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];
const MALFORMED = 'The XML you provided was not well-formed or did not validate against our published schema';

export function createBucket(
  { bucket: name, region, accountId, headers, body }: S3Request,
  buckets: Buckets,
): AwsResponse {
  checkBucketName(name);
  const ownership = headers['x-amz-object-ownership'];
  if (ownership !== undefined && !OWNERSHIPS.includes(ownership))
    throw new AwsError('InvalidArgument', `Invalid x-amz-object-ownership header: ${ownership}`, {
      members: { ArgumentName: 'x-amz-object-ownership' },
    });
  const constraint = /<LocationConstraint>([^<]+)<\/LocationConstraint>/.exec(body.toString('utf8'))?.[1];
  const owner = { accountId, region: constraint ?? region };
  if (isOwnAndOld(buckets.find(name), owner)) return emptyResponse(200, { location: `/${name}` });
  const bucket = buckets.create(name, owner);
  if (headers['x-amz-bucket-object-lock-enabled'] === 'true') {
    bucket.objectLock = true;
    bucket.versioning = 'Enabled';
  }
  bucket.ownership = ownership ?? bucket.ownership;
  return emptyResponse(200, { location: `/${name}` });
}

/** API reference, CreateBucket: for legacy compatibility, us-east-1 lets an owner make a bucket once more. */
function isOwnAndOld(
  bucket: Bucket | undefined,
  { accountId, region }: Pick<Bucket, 'accountId' | 'region'>,
): boolean {
  return bucket?.accountId === accountId && bucket.region === 'us-east-1' && region === 'us-east-1';
}

/** Without parameters, all buckets. With any, a page of those that match, each with its Region. */
export function listBuckets({ accountId, region, query }: S3Request, buckets: Buckets): AwsResponse {
  const wanted = query.get('bucket-region');
  if (wanted !== null && wanted !== region)
    throw new AwsError('InvalidArgument', `Argument value ${wanted} is not a valid AWS Region`, {
      status: 400,
    });
  const prefix = query.get('prefix') ?? '';
  const after = decodedToken(query.get('continuation-token'));
  const most = mostBuckets(query.get('max-buckets'));
  const entries = buckets
    .all()
    .filter(bucket => bucket.accountId === accountId && bucket.name.startsWith(prefix) && bucket.name > after)
    .filter(bucket => wanted === null || bucket.region === wanted)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = entries.slice(0, most);
  const asked = ['bucket-region', 'prefix', 'continuation-token', 'max-buckets'].some(name =>
    query.has(name),
  );
  const list = page.map(
    ({ name, createdAt, region: of }) =>
      `<Bucket><Name>${name}</Name><CreationDate>${new Date(createdAt).toISOString()}</CreationDate>${asked ? `<BucketRegion>${of}</BucketRegion>` : ''}</Bucket>`,
  );
  const last = page.at(-1)?.name ?? '';
  const token = entries.length > page.length ? Buffer.from(last).toString('base64url') : undefined;
  return xmlResponse(
    `<ListAllMyBucketsResult><Owner><ID>${accountId}</ID></Owner><Buckets>${list.join('')}</Buckets>${
      token === undefined ? '' : `<ContinuationToken>${token}</ContinuationToken>`
    }${query.has('prefix') ? `<Prefix>${escapeXml(prefix)}</Prefix>` : ''}</ListAllMyBucketsResult>`,
  );
}

/** Tokens are opaque; this one is the name of the last bucket of the page before. */
function decodedToken(token: string | null): string {
  return token === null ? '' : Buffer.from(token, 'base64url').toString();
}

/** S3 API reference, ListBuckets: 1 to 10,000. */
function mostBuckets(text: string | null): number {
  const most = Number(text ?? 10_000);
  if (!Number.isInteger(most) || most < 1 || most > 10_000)
    throw new AwsError('InvalidArgument', 'max-buckets is 1 to 10000', { status: 400 });
  return most;
}

export function getVersioning({ versioning }: Bucket): AwsResponse {
  return xmlResponse(
    `<VersioningConfiguration>${versioning === '' ? '' : `<Status>${versioning}</Status>`}</VersioningConfiguration>`,
  );
}

export function putVersioning({ body }: S3Request, bucket: Bucket): AwsResponse {
  const status = (parseXml(body)['VersioningConfiguration'] as { readonly Status?: string } | undefined)
    ?.Status;
  if (status === undefined)
    throw new AwsError('IllegalVersioningConfigurationException', 'The Versioning element must be specified');
  if (status !== 'Enabled' && status !== 'Suspended') throw new AwsError('MalformedXML', MALFORMED);
  if (status === 'Suspended' && bucket.objectLock)
    throw new AwsError(
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
      { status: 409 },
    );
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
  const [rule, ...others] = controls?.Rule ?? [];
  if (rule === undefined || others.length > 0 || !OWNERSHIPS.includes(rule.ObjectOwnership))
    throw new AwsError('MalformedXML', MALFORMED);
  bucket.ownership = rule.ObjectOwnership;
  return emptyResponse();
}

export function getLocation({ region }: Bucket): AwsResponse {
  return xmlResponse(`<LocationConstraint>${region === 'us-east-1' ? '' : region}</LocationConstraint>`);
}

export function getTagging(request: S3Request, bucket: Bucket): AwsResponse {
  const { tags } = taggable(request, bucket);
  const list = Object.entries(tags).map(
    ([name, value]) => `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  return xmlResponse(`<Tagging><TagSet>${list.join('')}</TagSet></Tagging>`);
}

export function putTagging(request: S3Request, bucket: Bucket): AwsResponse {
  const tagging = parseXml(request.body)['Tagging'] as
    | {
        readonly TagSet?: { readonly Tag?: readonly { readonly Key: string; readonly Value: string }[] } | '';
      }
    | undefined;
  const tags = typeof tagging?.TagSet === 'object' ? (tagging.TagSet.Tag ?? []) : [];
  taggable(request, bucket).tags = tagsOf(tags.map(({ Key, Value }) => [Key, Value]));
  return emptyResponse();
}

export function deleteTagging(request: S3Request, bucket: Bucket): AwsResponse {
  taggable(request, bucket).tags = {};
  return emptyResponse(204);
}

export function getAcl(request: S3Request, bucket: Bucket): AwsResponse {
  const { grants } = readable(request, bucket);
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
