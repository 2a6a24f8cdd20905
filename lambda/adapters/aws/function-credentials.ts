import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromHttp } from '@aws-sdk/credential-provider-http';
import { doesIdentityRequireRefresh, isIdentityExpired, memoizeIdentityProvider } from '@smithy/core';
import type { AwsCredentialIdentity, IdentityProvider } from '@smithy/types';

/**
 * The SDK's chain of credentials, as far as a function needs it: Lambda gives those of its role in the environment or, as containers do,
 * at an address that stands there. The bundles of the functions have this instead of the SDK's own, which brings SSO, profiles, processes
 * and web identities: 112 KB.
 */
export function defaultProvider(): IdentityProvider<AwsCredentialIdentity> | undefined {
  const fromRole = process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] === undefined ? fromEnv() : fromHttp();
  return memoizeIdentityProvider(fromRole, isIdentityExpired, doesIdentityRequireRefresh);
}
