import { randomBytes } from 'node:crypto';
import type { Caller, Session } from './request.ts';

export const DEFAULT_ACCOUNT = '111122223333';
export const DEFAULT_REGION = 'us-east-1';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Access keys and the callers they stand for. A key issued here stands for a role or user. An access key of twelve digits
 * stands for the administrator of the account with that number, and any other key for that of the default account.
 */
export class Callers {
  readonly #issued = new Map<string, Caller>();

  /** @param arn of a role or user */
  issueFor(arn: string, session?: Session): Credentials {
    const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const accountId = arn.split(':')[4] ?? DEFAULT_ACCOUNT;
    this.#issued.set(accessKeyId, { accountId, arn, ...(session !== undefined && { session }) });
    return {
      accessKeyId,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(32).toString('base64'),
    };
  }

  identify(accessKeyId: string | undefined): Caller {
    const issued = accessKeyId === undefined ? undefined : this.#issued.get(accessKeyId);
    if (issued !== undefined) return issued;
    const accountId =
      accessKeyId !== undefined && /^\d{12}$/.test(accessKeyId) ? accessKeyId : DEFAULT_ACCOUNT;
    return { accountId, arn: administratorOf(accountId) };
  }
}

/** The user of an account who may do everything: whoever sets a test up. */
export function administratorOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:user/local`;
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
