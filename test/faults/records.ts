import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** How the application of a schedule stores its records. */
export interface Layout {
  /** Data key as binary, or as base64 text. */
  readonly encoding: 'binary' | 'base64';
  /** Data key and key ARN in a map of their own, or beside the other attributes. */
  readonly nested: boolean;
  readonly versionedBucket: boolean;
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
  { encoding, nested }: Layout,
  { dataKey, keyArn }: { readonly dataKey: Uint8Array; readonly keyArn: string },
): Item {
  const key: AttributeValue =
    encoding === 'binary' ? { B: dataKey } : { S: Buffer.from(dataKey).toString('base64') };
  return nested
    ? { ...item, envelope: { M: { dataKey: key, keyArn: { S: keyArn }, cipher: { S: 'AES-256-GCM' } } } }
    : { ...item, dataKey: key, keyArn: { S: keyArn } };
}

export function storedItem(item: Item, layout: Layout): Stored {
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

export function storedObject(parts: ObjectParts): Stored {
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
