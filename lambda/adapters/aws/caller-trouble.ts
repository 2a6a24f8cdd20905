import { isOfIdentity, nameOf, statusOf } from './errors.ts';
import { isNamed, saidBy } from './said-by.ts';

/** Why AWS could not be asked at all, or does not know who asks. */
export interface CallerTrouble {
  /** `credentials`: none, expired or wrong. `clock`: this machine's. `network`: no answer. `setting`: Region or profile. */
  readonly kind: 'credentials' | 'clock' | 'network' | 'setting';
  /** What is wrong and what to do, in one line. */
  readonly words: string;
}

/** Whose desk it is. */
export interface Caller {
  readonly profile?: string;
  readonly region?: string;
  /** HTTPS_PROXY, where it is set. Without user and password. */
  readonly proxy?: string;
}

/** Looks through an error of a client of AWS and its causes; undefined if AWS was asked and has answered. */
export function callerTrouble(error: unknown, caller: Caller): CallerTrouble | undefined {
  let named = false;
  for (let one = error; one instanceof Error; one = one.cause) {
    named ||= isNamed(one);
    if (!named) continue;
    const found = settingTrouble(one, caller) ?? identityTrouble(one, caller) ?? networkTrouble(one, caller);
    if (found !== undefined) return found;
  }
  return undefined;
}

function settingTrouble(error: Error, { profile }: Caller): CallerTrouble | undefined {
  const said = saidBy(error);
  if (/^Region is missing|region=""/.test(said))
    return { kind: 'setting', words: 'no Region is set: name one with --region or AWS_REGION' };
  if (/^Invalid (configuration: )?region|Region not accepted|is not a valid hostname component/.test(said))
    return { kind: 'setting', words: `${said}: check --region and AWS_REGION` };
  if (/^Invalid URL/.test(said))
    return {
      kind: 'setting',
      words: 'the endpoint is no URL: write --endpoint-url or AWS_ENDPOINT_URL as http://127.0.0.1:4566',
    };
  const noneFound = profile !== undefined && /any providers/.test(said);
  const unknown = noneFound || /using profile: \[|Profile .* (was not found|could not be found)/.test(said);
  return unknown
    ? {
        kind: 'setting',
        words: `profile ${profile ?? 'default'} is not in ~/.aws/config, or names no credentials: aws configure list-profiles lists them, aws configure sso makes one`,
      }
    : undefined;
}

const CLOCK = new Set(['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed']);

function identityTrouble(error: Error, caller: Caller): CallerTrouble | undefined {
  if (!isOfIdentity(error) && nameOf(error) !== 'TokenProviderError') return undefined;
  const said = saidBy(error);
  if (CLOCK.has(nameOf(error)) || /Signature (expired|not yet current)/.test(said))
    return { kind: 'clock', words: 'the clock of this machine differs from that of AWS by minutes: set it' };
  return { kind: 'credentials', words: credentialWords(error, said, caller) };
}

function credentialWords(error: Error, said: string, { profile, proxy }: Caller): string {
  const named = profile === undefined ? '' : ` --profile ${profile}`;
  const renew = `renew them (aws sso login${named}, aws login${named}, or whatever gave them to you)`;
  if (/multi-factor|MFA/.test(said))
    return `profile ${profile ?? 'default'} asks for an MFA code, which this command cannot ask for: run eval "$(aws configure export-credentials${named} --format env)" first, and leave --profile and AWS_PROFILE out`;
  if (/aws login\b/.test(said))
    return `the login of profile ${profile ?? 'default'} has expired: run aws login${named}`;
  if (/sso login|SSO|[Tt]oken is expired/.test(said))
    return `the SSO session of profile ${profile ?? 'default'} has expired or was never opened: run aws sso login${named}`;
  switch (nameOf(error)) {
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'TokenRefreshRequired':
      return `your AWS credentials have expired: ${renew}`;
    case 'InvalidSignatureException':
    case 'SignatureDoesNotMatch':
      return 'AWS does not accept your signature: the secret access key does not belong to the access key, or a proxy changes requests';
    case 'CredentialsProviderError':
      return /any providers/.test(said)
        ? `no AWS credentials were found: run aws sso login${named}, name a --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
        : `your AWS credentials cannot be read${proxy === undefined ? '' : `, perhaps for HTTPS_PROXY (${proxy})`}: ${said}`;
    default:
      return `AWS does not know your credentials (${nameOf(error)}): they were deleted, belong to another partition, or lack their session token; ${renew}`;
  }
}

const CERTIFICATES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const UNREACHABLE = new Set([
  ...['ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['EPIPE', 'EPROTO', 'ETIMEDOUT'],
]);

function networkTrouble(error: Error, { region, proxy }: Caller): CallerTrouble | undefined {
  const { code = '', hostname } = error as { readonly code?: string; readonly hostname?: string };
  const over =
    proxy === undefined
      ? 'check the network, or set HTTPS_PROXY'
      : `check the network and HTTPS_PROXY (${proxy})`;
  const network = (words: string): CallerTrouble => ({ kind: 'network', words });
  if (statusOf(error) === 407)
    return network(`the proxy ${proxy ?? ''} asks for a user and a password: write them into HTTPS_PROXY`);
  if (['EAI_AGAIN', 'ENOTFOUND', 'EAI_FAIL', 'EAI_NODATA'].includes(code))
    return network(
      `the name ${hostname ?? 'of the service'} cannot be resolved: check the spelling of the Region${region === undefined ? '' : ` (${region})`}, and ${over.replace(/^check /, '')}`,
    );
  if (CERTIFICATES.has(code))
    return network(
      'the certificate of the other side is not trusted, as where a proxy opens TLS: name its authority in NODE_EXTRA_CA_CERTS',
    );
  if (nameOf(error) === 'NotAws')
    return network(
      `a web page has answered instead of AWS, as where a network asks for a login: check --endpoint-url and AWS_ENDPOINT_URL, and ${over.replace(/^check /, '')}`,
    );
  if (UNREACHABLE.has(code) || nameOf(error) === 'TimeoutError')
    return network(`AWS does not answer (${saidBy(error)}): ${over}`);
  return undefined;
}
