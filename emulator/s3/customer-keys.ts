import { createHash } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { ObjectVersion } from './bucket.ts';

type Headers = Readonly<Record<string, string | undefined>>;

const OWN = 'x-amz-server-side-encryption-customer-';
const OF_SOURCE = 'x-amz-copy-source-server-side-encryption-customer-';
export const CUSTOMER_ALGORITHM = `${OWN}algorithm`;
export const CUSTOMER_KEY_MD5 = `${OWN}key-md5`;
const KEY_BYTES = 32;
const ARGUMENT = 'x-amz-server-side-encryption';
const MUST_PROVIDE = 'Requests specifying Server Side Encryption with Customer provided keys must provide';

/** The digest of the key that a request brings (SSE-C); `undefined` where it brings none. */
export function customerKeyMd5(headers: Headers, prefix: string = OWN): string | undefined {
  const [algorithm, key, digest] = ['algorithm', 'key', 'key-md5'].map(name => headers[`${prefix}${name}`]);
  if (algorithm === undefined && key === undefined && digest === undefined) return undefined;
  if (algorithm === undefined) throw invalid(`${MUST_PROVIDE} a valid encryption algorithm.`);
  if (key === undefined) throw invalid(`${MUST_PROVIDE} an appropriate secret key.`);
  if (algorithm !== 'AES256')
    throw new AwsError(
      'InvalidEncryptionAlgorithmError',
      'The Encryption request you specified is not valid. Supported value: AES256.',
      { members: { ArgumentName: ARGUMENT, ArgumentValue: algorithm } },
    );
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== KEY_BYTES || digest === undefined)
    throw invalid('The secret key was invalid for the specified algorithm.');
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
  throw new AwsError('AccessDenied', `${MUST_PROVIDE} the correct secret key.`, { status: 403 });
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidArgument', words, { members: { ArgumentName: ARGUMENT } });
}
