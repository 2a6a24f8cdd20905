import { doesIdentityRequireRefresh, isIdentityExpired, memoizeIdentityProvider } from '@smithy/core';
import type { AwsCredentialIdentity, IdentityProvider } from '@smithy/types';
import type { ClientConfig } from './client-config.ts';
import type { Assuming } from './role-session.ts';

/**
 * Credentials of a role, for all clients that call as this role: kept until five minutes before they expire, and asked for anew
 * where AWS does not know them any more (fresh-identity.ts).
 */
export function roleCredentials(
  assuming: Assuming,
  config: () => Promise<ClientConfig>,
): IdentityProvider<AwsCredentialIdentity> {
  const assume = async (): Promise<AwsCredentialIdentity> => {
    const { assumeRole } = await import('./assume-role.ts');
    return assumeRole(assuming, await config());
  };
  return memoizeIdentityProvider(assume, isIdentityExpired, doesIdentityRequireRefresh) ?? assume;
}
