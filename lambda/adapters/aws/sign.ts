import { createHmac, hash } from 'node:crypto';
import { escapeUri } from '@smithy/core/protocols';

/** What AWS's Signature Version 4 is made with, besides the request. */
export interface Signing {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970, by AWS's clock. */
  readonly now: number;
}

/** What is signed of a request. Names of headers are in lower case, and its path is written as it is sent. */
export interface Signable {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  /** With the digest of the body as `x-amz-content-sha256`, where the service asks for it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The same headers, signed. AWS ignores others that are added later (AWS General Reference, Signature Version 4). */
export function signed(request: Signable, signing: Signing): Record<string, string> {
  const { method, path, query = {}, headers, body = '' } = request;
  const { credentials, region, service, now } = signing;
  const time = timeText(Math.floor(now / 1_000));
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const all: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(all).sort();
  let lines = '';
  for (const name of names) lines += `${name}:${canonical(all[name] ?? '')}\n`;
  const signedNames = names.join(';');
  const digest = headers['x-amz-content-sha256'] ?? sha256(body as string);
  const asked = `${method}\n${path}\n${queryText(query)}\n${lines}\n${signedNames}\n${digest}`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(asked)}`;
  const signature = hmac(signingKey(credentials.secretAccessKey, scope), toSign).toString('hex');
  const parts = [`Credential=${credentials.accessKeyId}/${scope}`, `SignedHeaders=${signedNames}`];
  all['authorization'] = `AWS4-HMAC-SHA256 ${[...parts, `Signature=${signature}`].join(', ')}`;
  return all;
}

let known = { second: Number.NaN, text: '' };

/** Many requests leave within a second, and its text is the same for all. */
function timeText(second: number): string {
  if (known.second !== second) {
    const text = new Date(second * 1_000).toISOString().replace(/[:-]|\.\d{3}/g, '');
    known = { second, text };
  }
  return known.text;
}

/** A header counts without the white space around it, and with one space for several in a row. */
function canonical(value: string): string {
  const trimmed = value.trim();
  return /\s\s|[^\S ]/.test(trimmed) ? trimmed.replace(/\s+/g, ' ') : trimmed;
}

function queryText(query: Readonly<Record<string, unknown>>): string {
  return Object.entries(query)
    .map(([name, value]) => [escapeUri(name), escapeUri(String(value))] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(pair => pair.join('='))
    .join('&');
}

/** Of few Regions and services, and of today. Forgotten with the day, or when the credentials change. */
const KEYS = new Map<string, { readonly secret: string; readonly key: Buffer }>();
const MOST_KEYS = 50;

function signingKey(secret: string, scope: string): Buffer {
  const known = KEYS.get(scope);
  if (known?.secret === secret) return known.key;
  const [date = '', region = '', service = '', ending = ''] = scope.split('/');
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), ending);
  if (KEYS.size >= MOST_KEYS) KEYS.clear();
  KEYS.set(scope, { secret, key });
  return key;
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
