import { createHash, createHmac } from 'node:crypto';

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

/** A POST to the path `/`, as all JSON APIs of AWS take it. Names of headers are in lower case. */
export interface JsonPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The same headers, signed. AWS ignores others that are added later (AWS General Reference, Signature Version 4). */
export function signed({ headers, body }: JsonPost, signing: Signing): Record<string, string> {
  const { credentials, region, service, now } = signing;
  const time = new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const all: Record<string, string> = {
    ...headers,
    'x-amz-date': time,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(all).sort();
  const lines = names.map(name => `${name}:${all[name]?.trim() ?? ''}\n`).join('');
  const signedNames = names.join(';');
  const canonical = `POST\n/\n\n${lines}\n${signedNames}\n${sha256(body)}`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(credentials.secretAccessKey, scope), toSign).toString('hex');
  const parts = [`Credential=${credentials.accessKeyId}/${scope}`, `SignedHeaders=${signedNames}`];
  all['authorization'] = `AWS4-HMAC-SHA256 ${[...parts, `Signature=${signature}`].join(', ')}`;
  return all;
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
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
