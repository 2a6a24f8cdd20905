import { AwsError } from '../protocol/aws-error.ts';
import type { Key } from './key.ts';

const SIGNING: readonly string[] = ['Sign', 'Verify'];

/** Refuses a key whose state or usage forbids a cryptographic operation, with the error that KMS documents for it. */
export function needUsable(key: Key, operation: string): void {
  const needed = SIGNING.includes(operation) ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT';
  if (key.usage !== needed)
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${key.usage} which is not valid for ${operation}.`,
    );
  switch (key.state) {
    case 'Enabled':
    case 'PendingReplicaDeletion':
      return;
    case 'Disabled':
      throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    case 'PendingDeletion':
      throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    case 'PendingImport':
      throw new AwsError('KMSInvalidStateException', `${key.arn} is pending import.`);
    case 'Creating':
    case 'Unavailable':
      throw new AwsError('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  }
}
