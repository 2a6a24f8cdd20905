import { randomBytes } from 'node:crypto';
import type { Caller } from './request.ts';

export const DEFAULT_ACCOUNT = '111122223333';
export const DEFAULT_REGION = 'us-east-1';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Access keys and the callers they stand for. A key issued here stands for a role. An access key of twelve digits stands
 * for a user of the account with that number, and any other key for a user of the default account.
 */
export class Callers {
  readonly #roles = new Map<string, Caller>();

  issueFor(roleArn: string): Credentials {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.#roles.set(accessKeyId, { accountId: roleArn.split(':')[4] ?? DEFAULT_ACCOUNT, arn: roleArn });
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(32).toString('base64'),
    };
  }

  identify(accessKeyId: string | undefined): Caller {
    const role = accessKeyId === undefined ? undefined : this.#roles.get(accessKeyId);
    if (role !== undefined) return role;
    const accountId =
      accessKeyId !== undefined && /^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT;
    return { accountId, arn: `arn:aws:iam::${accountId}:user/local` };
  }
}

/** The credential scope of a SigV4 authorization header or query: caller, Region and service. */
export function credentialScope(
  authorization: string | undefined,
  query: URLSearchParams,
): { accessKeyId?: string; region?: string; service?: string } {
  const signed = /Credential=(?<scope>[^,\s]+)/.exec(authorization ?? '')?.groups?.['scope'];
  const credential = signed ?? query.get('X-Amz-Credential') ?? '';
  if (credential === '') return {};
  const [accessKeyId, , region, service] = credential.split('/');
  return {
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(region !== undefined && { region }),
    ...(service !== undefined && { service }),
  };
}
