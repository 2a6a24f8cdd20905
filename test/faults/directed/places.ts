import {
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { readItem, readObject, type Clients } from '../aws.ts';

/** Parts of a record by name: attributes of an item, metadata of an object. Binary ones are shown in base64. */
export const PART = {
  payload: 'payload',
  note: 'note',
  tenant: 'tenant',
  dataKey: 'data-key',
  label: 'key-arn',
  version: 'version',
  algorithm: 'algorithm',
  newKey: 'new-key',
  newLabel: 'new-key-arn',
  newDigest: 'new-key-source',
} as const;

/** What a run may change in a record; the rest is not its business. */
export const DECLARED: readonly string[] = [
  PART.dataKey,
  PART.label,
  PART.version,
  PART.algorithm,
  PART.newKey,
  PART.newLabel,
  PART.newDigest,
];

/** Everything that a record consists of. */
export type Parts = Readonly<Record<string, string>>;

/** One record's place in a store. */
export interface Place {
  readonly store: string;
  readonly id: string;
  /** Its name in the journal. */
  readonly locator: string;
  read(): Promise<Parts | undefined>;
  /** Writes the whole record again, with no condition. */
  put(parts: Parts): Promise<void>;
  /** Writes the whole record again if its version is still this one. Returns whether it was. */
  putIfVersion(parts: Parts, version: string): Promise<boolean>;
  /** Writes one part, with no condition. `undefined` removes it. */
  set(name: string, text: string | undefined): Promise<void>;
  remove(): Promise<void>;
  /** Removes the newest version, so that the one before it is current again. */
  uncover(): Promise<void>;
}

type Item = Record<string, AttributeValue>;
const BINARY: readonly string[] = [PART.payload, PART.dataKey, PART.newKey];

export class ItemPlace implements Place {
  readonly store: string;
  readonly id: string;
  readonly #clients: Clients;

  constructor(clients: Clients, store: string, id: string) {
    this.#clients = clients;
    this.store = store;
    this.id = id;
  }

  get locator(): string {
    return JSON.stringify(this.#key);
  }

  get #key(): { id: { S: string } } {
    return { id: { S: this.id } };
  }

  async read(): Promise<Parts | undefined> {
    const item = await readItem(this.#clients, this.store, this.id);
    if (item === undefined) return undefined;
    const { id: _id, ...rest } = item;
    return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, textOf(value)]));
  }

  async put(parts: Parts): Promise<void> {
    await this.#clients.dynamodb.send(
      new PutItemCommand({ TableName: this.store, Item: { ...this.#key, ...itemOf(parts) } }),
    );
  }

  async putIfVersion(parts: Parts, version: string): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.store,
      Item: { ...this.#key, ...itemOf(parts) },
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': PART.version },
      ExpressionAttributeValues: { ':version': { N: version } },
    });
    return this.#clients.dynamodb.send(command).then(
      () => true,
      (error: unknown) => {
        if ((error as Error).name === 'ConditionalCheckFailedException') return false;
        throw error;
      },
    );
  }

  async set(name: string, text: string | undefined): Promise<void> {
    const value = text === undefined ? {} : { ExpressionAttributeValues: { ':text': valueOf(name, text) } };
    await this.#clients.dynamodb.send(
      new UpdateItemCommand({
        TableName: this.store,
        Key: this.#key,
        UpdateExpression: text === undefined ? 'REMOVE #name' : 'SET #name = :text',
        ExpressionAttributeNames: { '#name': name },
        ...value,
      }),
    );
  }

  async remove(): Promise<void> {
    await this.#clients.dynamodb.send(new DeleteItemCommand({ TableName: this.store, Key: this.#key }));
  }

  uncover(): Promise<void> {
    throw new Error('a table keeps no versions');
  }
}

function itemOf(parts: Parts): Item {
  return Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, valueOf(name, text)]));
}

function valueOf(name: string, text: string): AttributeValue {
  if (BINARY.includes(name)) return { B: Buffer.from(text, 'base64') };
  return name === PART.version ? { N: text } : { S: text };
}

function textOf({ B, S, N }: AttributeValue): string {
  return B === undefined ? (S ?? N ?? '') : Buffer.from(B).toString('base64');
}

export class ObjectPlace implements Place {
  readonly store: string;
  readonly id: string;
  readonly #clients: Clients;

  constructor(clients: Clients, store: string, id: string) {
    this.#clients = clients;
    this.store = store;
    this.id = id;
  }

  get locator(): string {
    return this.id;
  }

  async read(): Promise<Parts | undefined> {
    const object = await readObject(this.#clients, this.store, this.id);
    if (object === undefined) return undefined;
    const { body, metadata, tags, ...headers } = object;
    return {
      ...metadata,
      [PART.payload]: Buffer.from(body).toString('base64'),
      ...Object.fromEntries(Object.entries(headers).map(([name, text]) => [`header ${name}`, text])),
      tags: JSON.stringify(tags),
    };
  }

  async put({ [PART.payload]: payload = '', ...metadata }: Parts): Promise<void> {
    await this.#clients.s3.send(
      new PutObjectCommand({
        Bucket: this.store,
        Key: this.id,
        Body: Buffer.from(payload, 'base64'),
        Metadata: metadataOf(metadata),
        ContentType: 'application/x-sealed',
        CacheControl: 'no-store',
        StorageClass: 'STANDARD_IA',
        Tagging: 'team=orders',
      }),
    );
  }

  putIfVersion(): Promise<boolean> {
    throw new Error('metadata have no condition');
  }

  /** By a copy in place, as tools do that know only about metadata. */
  async set(name: string, text: string | undefined): Promise<void> {
    const { [PART.payload]: _payload, [name]: _old, ...metadata } = (await this.read()) ?? {};
    await this.#clients.s3.send(
      new CopyObjectCommand({
        Bucket: this.store,
        Key: this.id,
        CopySource: `${this.store}/${encodeURIComponent(this.id)}`,
        MetadataDirective: 'REPLACE',
        Metadata: metadataOf({ ...metadata, ...(text !== undefined && { [name]: text }) }),
        ContentType: 'application/x-sealed',
        CacheControl: 'no-store',
        StorageClass: 'STANDARD_IA',
      }),
    );
  }

  async remove(): Promise<void> {
    await this.#clients.s3.send(new DeleteObjectCommand({ Bucket: this.store, Key: this.id }));
  }

  async uncover(): Promise<void> {
    const { Versions = [] } = await this.#clients.s3.send(
      new ListObjectVersionsCommand({ Bucket: this.store, Prefix: this.id }),
    );
    const newest = Versions.find(({ IsLatest }) => IsLatest === true)?.VersionId;
    await this.#clients.s3.send(
      new DeleteObjectCommand({ Bucket: this.store, Key: this.id, VersionId: newest }),
    );
  }
}

function metadataOf(parts: Parts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).filter(([name]) => name !== 'tags' && !name.startsWith('header ')),
  );
}
