import { AwsError } from '../protocol/aws-error.ts';
import type { Key } from './key.ts';

const SIGNING: readonly string[] = ['Sign', 'Verify'];

/** Refuses a key whose usage or state forbids a cryptographic operation, with the error that KMS documents for it. */
export function needUsable(key: Key, operation: string): void {
  needUsage(key, operation);
  needEnabled(key);
}

export function needUsage({ arn, usage }: Key, operation: string): void {
  const needed = SIGNING.includes(operation) ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT';
  if (usage !== needed)
    throw new AwsError(
      'InvalidKeyUsageException',
      `${arn} key usage is ${usage} which is not valid for ${operation}.`,
    );
}

/** A key of which only replicas are pending deletion can still be used. */
export function needEnabled({ arn, state }: Key): void {
  switch (state) {
    case 'Enabled':
    case 'PendingReplicaDeletion':
      return;
    case 'Disabled':
      throw new AwsError('DisabledException', `${arn} is disabled.`);
    case 'PendingDeletion':
      throw new AwsError('KMSInvalidStateException', `${arn} is pending deletion.`);
    case 'PendingImport':
      throw new AwsError('KMSInvalidStateException', `${arn} is pending import.`);
    case 'Creating':
    case 'Unavailable':
      throw new AwsError('KMSInvalidStateException', `${arn} is in state ${state}.`);
  }
}

/** Developer guide, "Key states of AWS KMS keys": most changes to a key that will be deleted are refused. */
export function needNotPendingDeletion(key: Key): Key {
  if (key.state === 'PendingDeletion') needEnabled(key);
  return key;
}

/** A dry run gets this far only if the call would have succeeded. It then fails with this error. */
export function dryRun({ DryRun }: Readonly<Record<string, unknown>>): void {
  if (DryRun === true)
    throw new AwsError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun option is set.',
    );
}
