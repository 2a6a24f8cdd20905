import { createHash } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { ObjectVersion } from './bucket.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const OWN = 'x-amz-server-side-encryption-customer-';
const OF_SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';
export const CUSTOMER_ALGORITHM = `${OWN}algorithm`;
export const CUSTOMER_KEY_MD5 = `${OWN}key-md5`;
const KEY_BYTES = 32;

/** The digest of the key that a request brings (SSE-C); `undefined` where it brings none. */
export function customerKeyMd5(headers: Headers, prefix: string = OWN): string | undefined {
  const [algorithm, key, digest] = ['algorithm', 'key', 'key-md5'].map(name => headers[`${prefix}${name}`]);
  if (algorithm === undefined && key === undefined && digest === undefined) return undefined;
  if (algorithm === undefined || key === undefined || digest === undefined)
    throw invalid(
      'Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key, its algorithm and its MD5.',
    );
  if (algorithm !== 'AES256') throw invalid('The encryption algorithm must be AES256.');
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== KEY_BYTES) throw invalid('The secret key was invalid for the specified algorithm.');
  if (createHash('md5').update(bytes).digest('base64') !== digest)
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.');
  return digest;
}

/** Whoever reads an object that is under a key of its customer brings that key; nobody else brings one. */
export function checkCustomerKey(version: ObjectVersion, headers: Headers): void {
  compare(version, customerKeyMd5(headers));
}

/** The same of the source of a copy. */
export function checkCustomerKeyOfSource(source: ObjectVersion, headers: Headers): void {
  compare(source, customerKeyMd5(headers, OF_SOURCE));
}

function compare({ headers }: ObjectVersion, brought: string | undefined): void {
  const wanted = headers[CUSTOMER_KEY_MD5];
  if (wanted === brought) return;
  if (wanted === undefined)
    throw new AwsError('InvalidRequest', 'The encryption parameters are not applicable to this object.');
  if (brought === undefined)
    throw new AwsError(
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    );
  throw new AwsError('AccessDenied', 'Access Denied', { status: 403 });
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidArgument', words);
}
