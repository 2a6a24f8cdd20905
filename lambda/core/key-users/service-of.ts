import type { KeyUser } from './key-user.ts';

/** A service under a name of its own, as CloudTrail writes it (user guide, userIdentity: AWSService, invokedBy). */
const SERVICE = /^(?:[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?|AWS Internal|a service of AWS)$/;

/**
 * The service of AWS that has used a key, for somebody or by itself; `undefined` for whoever has called KMS. What a service encrypts lies in that
 * service: a secret, a volume, a table.
 */
export function serviceOf({ principal, via }: Pick<KeyUser, 'principal' | 'via'>): string | undefined {
  return via ?? (SERVICE.test(principal) ? principal : undefined);
}
