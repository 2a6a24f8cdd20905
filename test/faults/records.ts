import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** How the application of a schedule stores its records. */
export interface Layout {
  /** Data key as binary, or as base64 text. */
  readonly encoding: 'binary' | 'base64';
  /** Data key and key ARN in a map of their own, or beside the other attributes. */
  readonly nested: boolean;
  readonly versionedBucket: boolean;
  /** Data key and key ARN in a JSON text, which is an attribute. */
  readonly document: boolean;
  /** Where an object has its data key: in its metadata, as its whole body, or in a file as SOPS writes it. */
  readonly objects: 'metadata' | 'body' | 'sops';
}

export const TABLE = 'Orders';
export const BUCKET = 'documents';
export const PREFIX = 'docs/';

/** A record as its store holds it, split into what a re-encryption may change and what it may not. */
export interface Stored {
  readonly dataKey: Buffer;
  readonly keyArn: string;
  readonly tenant: string;
  readonly payload: Buffer;
  /** Everything that no job declares, as one text: attributes, or body, metadata, headers, class and tags. */
  readonly undeclared: string;
  /** The whole record, as one text. */
  readonly whole: string;
}

type Item = Record<string, AttributeValue>;

/** The stored form of an envelope beside the other attributes of an item. */
export function withEnvelope(
  item: Item,
  { encoding, nested, document }: Layout,
  { dataKey, keyArn }: { readonly dataKey: Uint8Array; readonly keyArn: string },
): Item {
  if (document) return { ...item, envelope: { S: documentOf(dataKey, keyArn) } };
  const key: AttributeValue =
    encoding === 'binary' ? { B: dataKey } : { S: Buffer.from(dataKey).toString('base64') };
  return nested
    ? { ...item, envelope: { M: { dataKey: key, keyArn: { S: keyArn }, cipher: { S: 'AES-256-GCM' } } } }
    : { ...item, dataKey: key, keyArn: { S: keyArn } };
}

/** JSON with blanks and a number that no parser would write again in the same way. */
function documentOf(dataKey: Uint8Array, keyArn: string): string {
  const text = Buffer.from(dataKey).toString('base64');
  return `{ "size" : 1.50,  "dataKey": "${text}",\n\t"keyArn": "${keyArn}" , "cipher":"AES-256-GCM"}`;
}

/** A text without the values that a re-encryption may change, and these values. */
function without(
  text: string,
  values: readonly RegExp[],
): { readonly rest: string; readonly held: readonly string[] } {
  const held = values.map(value => value.exec(text)?.[1] ?? '');
  return { rest: held.reduce((all, one) => (one === '' ? all : all.replace(one, '#')), text), held };
}

function storedDocument(item: Item): Stored {
  const { rest, held } = without(item['envelope']?.S ?? '', [/"dataKey": "([^"]*)"/, /"keyArn": "([^"]*)"/]);
  const [dataKey = '', keyArn = ''] = held;
  return {
    dataKey: Buffer.from(dataKey, 'base64'),
    keyArn,
    tenant: item['tenant']?.S ?? '',
    payload: Buffer.from(item['payload']?.B ?? []),
    undeclared: canonical({ ...item, envelope: rest }),
    whole: canonical(item),
  };
}

export function storedItem(item: Item, layout: Layout): Stored {
  if (layout.document) return storedDocument(item);
  const envelope = layout.nested ? (item['envelope']?.M ?? {}) : item;
  const { dataKey, keyArn, ...besides } = envelope;
  const undeclared = layout.nested ? { ...item, envelope: { M: besides } } : besides;
  return {
    dataKey: dataKey?.B === undefined ? Buffer.from(dataKey?.S ?? '', 'base64') : Buffer.from(dataKey.B),
    keyArn: keyArn?.S ?? '',
    tenant: item['tenant']?.S ?? '',
    payload: Buffer.from(item['payload']?.B ?? []),
    undeclared: canonical(undeclared),
    whole: canonical(item),
  };
}

/** An object as S3 shows it. */
export interface ObjectParts {
  readonly body: Uint8Array;
  readonly metadata: Record<string, string>;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly storageClass: string;
  readonly tags: Record<string, string>;
}

export interface Envelope {
  readonly dataKey: Uint8Array;
  readonly keyArn: string;
  /** Absent where the record does not tell it. */
  readonly tenant?: string | undefined;
  readonly payload: Uint8Array;
}

/** Body and metadata of an object with that envelope. */
export function objectOf(
  { objects, encoding }: Layout,
  { dataKey, keyArn, tenant, payload }: Envelope,
): Pick<ObjectParts, 'body' | 'metadata'> {
  const metadata = { note: 'from the application', ...(tenant !== undefined && { tenant }) };
  const text = Buffer.from(dataKey).toString('base64');
  switch (objects) {
    case 'metadata':
      return { body: payload, metadata: { ...metadata, 'data-key': text, 'key-arn': keyArn } };
    case 'body': {
      const body = encoding === 'binary' ? dataKey : Buffer.from(`${text}\n`);
      const sealed = Buffer.from(payload).toString('base64');
      return { body, metadata: { ...metadata, payload: sealed, 'key-arn': keyArn } };
    }
    case 'sops':
      return { body: Buffer.from(sopsFile({ dataKey, keyArn, tenant, payload })), metadata };
  }
}

/** As SOPS lays a YAML file out. Its MAC is of no concern here. */
function sopsFile({ dataKey, keyArn, tenant, payload }: Envelope): string {
  const context = tenant === undefined ? '' : `          context:\n            tenant: ${tenant}\n`;
  return `payload: ${Buffer.from(payload).toString('base64')}
sops:
    kms:
        - arn: ${keyArn}
${context}          created_at: "2025-01-02T03:04:05Z"
          enc: ${Buffer.from(dataKey).toString('base64')}
          aws_profile: ""
    lastmodified: "2025-01-02T03:04:05Z"
    mac: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]
    version: 3.13.2
`;
}

const SOPS_VALUES = [/^ +enc: (\S+)$/m, /^ +- arn: (\S+)$/m, /^ +created_at: (\S+)$/m];

export function storedObject(parts: ObjectParts, { objects, encoding }: Layout): Stored {
  if (objects === 'metadata') return storedInMetadata(parts);
  const body = Buffer.from(parts.body);
  const whole = canonical(parts);
  if (objects === 'body') {
    const { payload = '', 'key-arn': keyArn = '', ...besides } = parts.metadata;
    return {
      dataKey: encoding === 'binary' ? body : Buffer.from(body.toString('latin1'), 'base64'),
      ...{ keyArn, tenant: besides['tenant'] ?? '', payload: Buffer.from(payload, 'base64'), whole },
      undeclared: canonical({
        ...parts,
        body: encoding === 'base64' && body.at(-1) === 10,
        metadata: besides,
      }),
    };
  }
  const text = body.toString('utf8');
  const { rest, held } = without(text, SOPS_VALUES);
  const [dataKey = '', keyArn = ''] = held;
  const payload = Buffer.from(/^payload: (\S+)$/m.exec(text)?.[1] ?? '', 'base64');
  return {
    ...{ dataKey: Buffer.from(dataKey, 'base64'), keyArn, tenant: parts.metadata['tenant'] ?? '', payload },
    ...{ undeclared: canonical({ ...parts, body: rest }), whole },
  };
}

function storedInMetadata(parts: ObjectParts): Stored {
  const { 'data-key': dataKey = '', 'key-arn': keyArn = '', ...besides } = parts.metadata;
  return {
    dataKey: Buffer.from(dataKey, 'base64'),
    keyArn,
    tenant: besides['tenant'] ?? '',
    payload: Buffer.from(parts.body),
    undeclared: canonical({ ...parts, metadata: besides }),
    whole: canonical(parts),
  };
}

/** One text for equal values, whatever the order of their members. */
export function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes:${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .join()}}`;
}
