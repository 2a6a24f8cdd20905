import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, DefaultEncryption, DefaultHold, DefaultRetention } from './bucket.ts';
import { CUSTOMER_ALGORITHM, CUSTOMER_KEY_MD5, customerKeyMd5 } from './customer-keys.ts';
import { emptyResponse, escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const DAY_MS = 24 * 60 * 60 * 1000;
const LOCK = 'x-amz-object-lock-';
const SSE = 'x-amz-server-side-encryption';
const ALGORITHMS = ['AES256', 'aws:kms', 'aws:kms:dsse'];

/** The encryption of a new object: what the request says, and for the rest what the bucket says. */
export function encryptionHeaders(headers: Headers, { encryption, region, accountId }: Bucket): Headers {
  const customerKey = headers[CUSTOMER_KEY_MD5];
  if (customerKey !== undefined) return { [CUSTOMER_ALGORITHM]: 'AES256', [CUSTOMER_KEY_MD5]: customerKey };
  const algorithm = headers[SSE] ?? encryption.algorithm;
  if (algorithm === 'AES256') return { [SSE]: algorithm };
  const ofBucket = headers[SSE] === undefined || headers[SSE] === encryption.algorithm;
  const key =
    headers[`${SSE}-aws-kms-key-id`] ??
    (ofBucket ? encryption.kmsKeyId : undefined) ??
    `arn:aws:kms:${region}:${accountId}:alias/aws/s3`;
  const asked = headers[`${SSE}-bucket-key-enabled`];
  const bucketKey = asked === undefined ? encryption.bucketKey : asked === 'true';
  return {
    [SSE]: algorithm,
    [`${SSE}-aws-kms-key-id`]: key,
    // S3 shows the flag only where it is set.
    ...(bucketKey && { [`${SSE}-bucket-key-enabled`]: 'true' }),
  };
}

/** What a write may ask for, and what its bucket allows. */
export function checkEncryption(headers: Headers, { customerKeys }: Bucket): void {
  const [algorithm, kmsKey] = [headers[SSE], headers[`${SSE}-aws-kms-key-id`]];
  if (customerKeyMd5(headers) !== undefined) {
    if (algorithm !== undefined || kmsKey !== undefined)
      throw invalid(
        'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      );
    if (!customerKeys)
      throw new AwsError(
        'AccessDenied',
        'This bucket blocks server-side encryption with customer-provided keys',
        {
          status: 403,
        },
      );
  }
  if (algorithm !== undefined && !ALGORITHMS.includes(algorithm))
    throw invalid('The encryption method specified is not supported');
  if (kmsKey !== undefined && (algorithm === undefined || algorithm === 'AES256'))
    throw invalid(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    );
}

/** The locks that a new object version gets from its bucket: each only where the request names no lock of that kind. */
export function defaultLocks(headers: Headers, { retention, hold }: Bucket): Headers {
  const until = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
  return {
    ...(retention !== undefined &&
      headers[`${LOCK}mode`] === undefined && {
        [`${LOCK}mode`]: retention.mode,
        [`${LOCK}retain-until-date`]: until(retention.days ?? (retention.years ?? 0) * 365),
      }),
    ...(hold !== undefined &&
      headers[`${LOCK}event-hold`] === undefined && {
        [`${LOCK}event-hold`]: 'ON',
        ...(hold.days !== undefined && { [`${LOCK}event-hold-duration-days`]: String(hold.days) }),
        ...(hold.years !== undefined && { [`${LOCK}event-hold-duration-years`]: String(hold.years) }),
      }),
  };
}

export function getEncryption({ encryption, customerKeys }: Bucket): AwsResponse {
  const { algorithm, kmsKeyId, bucketKey } = encryption;
  const key = kmsKeyId === undefined ? '' : `<KMSMasterKeyID>${escapeXml(kmsKeyId)}</KMSMasterKeyID>`;
  return xmlResponse(
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${algorithm}</SSEAlgorithm>${key}</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>${bucketKey}</BucketKeyEnabled><BlockedEncryptionTypes><EncryptionType>${customerKeys ? 'NONE' : 'SSE-C'}</EncryptionType></BlockedEncryptionTypes></Rule></ServerSideEncryptionConfiguration>`,
  );
}

interface EncryptionRule {
  readonly ApplyServerSideEncryptionByDefault?: {
    readonly SSEAlgorithm: string;
    readonly KMSMasterKeyID?: string;
  };
  readonly BucketKeyEnabled?: string;
  readonly BlockedEncryptionTypes?: { readonly EncryptionType?: string };
}

export function putEncryption({ body }: S3Request, bucket: Bucket): AwsResponse {
  const parsed = parseXml(body)['ServerSideEncryptionConfiguration'] as
    { readonly Rule?: readonly EncryptionRule[] } | undefined;
  const rule = parsed?.Rule?.length === 1 ? parsed.Rule[0] : undefined;
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  if (byDefault === undefined || !ALGORITHMS.includes(byDefault.SSEAlgorithm)) throw malformed();
  if (byDefault.SSEAlgorithm === 'AES256' && byDefault.KMSMasterKeyID !== undefined)
    throw new AwsError(
      'InvalidArgument',
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      { members: { ArgumentName: 'ApplyServerSideEncryptionByDefault' } },
    );
  const encryption: DefaultEncryption = {
    algorithm: byDefault.SSEAlgorithm,
    bucketKey: rule?.BucketKeyEnabled === 'true',
    ...(byDefault.KMSMasterKeyID !== undefined && { kmsKeyId: byDefault.KMSMasterKeyID }),
  };
  bucket.encryption = encryption;
  bucket.customerKeys = rule?.BlockedEncryptionTypes?.EncryptionType === 'NONE';
  return emptyResponse();
}

export function getObjectLock({ objectLock, retention, hold }: Bucket): AwsResponse {
  if (!objectLock)
    throw new AwsError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      { status: 404 },
    );
  const periods = [
    ...(retention === undefined ? [] : [`<Mode>${retention.mode}</Mode>${period(retention)}`]),
    ...(hold === undefined ? [] : [`<DefaultEventHold>${period(hold)}</DefaultEventHold>`]),
  ];
  const rule =
    periods.length === 0 ? '' : `<Rule><DefaultRetention>${periods.join('')}</DefaultRetention></Rule>`;
  return xmlResponse(
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`,
  );
}

function period({ days, years }: DefaultHold): string {
  return days === undefined ? `<Years>${years}</Years>` : `<Days>${days}</Days>`;
}

interface Period {
  readonly Days?: string;
  readonly Years?: string;
}

interface LockRule {
  readonly DefaultRetention?: Period & { readonly Mode?: string; readonly DefaultEventHold?: Period };
}

export function putObjectLock({ body }: S3Request, bucket: Bucket): AwsResponse {
  const parsed = parseXml(body)['ObjectLockConfiguration'] as
    { readonly Rule?: readonly LockRule[] } | undefined;
  if (bucket.versioning !== 'Enabled')
    throw new AwsError(
      'InvalidBucketState',
      'Versioning must be Enabled on the bucket to enable Object Lock',
      {
        status: 409,
      },
    );
  const wanted = parsed?.Rule?.[0]?.DefaultRetention;
  bucket.objectLock = true;
  bucket.retention = wanted?.Mode === undefined ? undefined : { mode: modeOf(wanted.Mode), ...given(wanted) };
  bucket.hold = wanted?.DefaultEventHold === undefined ? undefined : given(wanted.DefaultEventHold);
  return emptyResponse();
}

function modeOf(mode: string): DefaultRetention['mode'] {
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw malformed();
  return mode;
}

function given({ Days, Years }: Period): DefaultHold {
  if ((Days === undefined) === (Years === undefined)) throw malformed();
  const many = Number(Days ?? Years);
  if (!Number.isInteger(many) || many < 1)
    throw invalid('Default retention period must be a positive integer value.');
  return Days === undefined ? { years: many } : { days: many };
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidArgument', words);
}

function malformed(): AwsError {
  return new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}
