import { PremiseBroken, type RewrapError } from '../../core/model/errors.ts';
import type { NotReEncrypted } from '../../core/ports.ts';
import { isTransient, messageOf, nameOf, premise } from '../aws/errors.ts';

/** With the SDK's back-off (full jitter, doubling, up to 20 s) eight tries ride out more than a minute of throttling. */
export const KMS_ATTEMPTS = 8;

/** A new key, alias, replica or grant can look missing, forbidden or still being created. */
export function isNotYetVisible(error: unknown): boolean {
  const name = nameOf(error);
  return (
    name === 'NotFoundException' ||
    name === 'AccessDeniedException' ||
    (name === 'KMSInvalidStateException' && /creating/i.test(messageOf(error)))
  );
}

export function dryRunSucceeded(): PremiseBroken {
  return new PremiseBroken(
    'kms.dryRun',
    'a KMS request with DryRun did not fail as a dry run must; check the endpoint',
  );
}

/** The answer for an error about one ciphertext; `undefined` for an error that every record would get. */
export function answerOfError(error: unknown): NotReEncrypted | undefined {
  switch (nameOf(error)) {
    case 'IncorrectKeyException':
      return { kind: 'incorrect-key' };
    case 'InvalidCiphertextException':
      return { kind: 'invalid-ciphertext' };
    case 'ValidationException':
      return { kind: 'rejected' };
  }
  return isTransient(error)
    ? { kind: 'unavailable', reason: `KMS did not answer within ${KMS_ATTEMPTS} tries: ${nameOf(error)}` }
    : undefined;
}

/** Which call on which keys failed, what KMS said, and what to do. */
export function kmsPremise(call: string, error: unknown): RewrapError {
  return premise('kms.call', call, error, cureOf(error));
}

function cureOf(error: unknown): string {
  switch (nameOf(error)) {
    case 'DisabledException':
      return 'enable the key, then start the job again';
    case 'KMSInvalidStateException':
      return cureOfState(messageOf(error));
    case 'NotFoundException':
      return 'restore the key or correct the job, then start the job again';
    case 'InvalidKeyUsageException':
      return 'name keys with the usage ENCRYPT_DECRYPT, each with an encryption algorithm that it takes';
    case 'InvalidGrantTokenException':
      return 'start the job again with tokens of existing grants, or without tokens: a grant works without its token after some minutes';
    default:
      return 'allow kms:ReEncryptFrom on the one and kms:ReEncryptTo on the other key for this role, in its policy and the key policies, then start the job again';
  }
}

/** KMS names the state only in its message. */
function cureOfState(message: string): string {
  if (/pending import/i.test(message))
    return 'its imported key material has expired or was deleted: import the same material again, then start the job again';
  if (/deletion/i.test(message)) return 'cancel the deletion and enable the key, then start the job again';
  if (/unavailable/i.test(message)) return 'connect its custom key store, then start the job again';
  return 'bring the key into the state Enabled, then start the job again';
}
