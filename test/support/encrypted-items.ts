import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { FormatWorld, Context, Item } from './format-world.ts';

/**
 * Items as the DynamoDB Encryption Client writes and reads them (aws-dynamodb-encryption-python, material_providers/aws_kms.py,
 * most_recent.py, store/meta.py; -java, DirectKmsMaterialProvider), with one encrypted attribute and without signatures.
 */
const DESCRIPTION = '*amzn-ddb-map-desc*';
const WRAP_IV = Buffer.from('A6A6A6A6A6A6A6A6', 'hex');

export interface Keyed {
  readonly table: string;
  readonly key: Item;
}

/** Names in the order of Python, which sorts them, or in one that Java's HashMap might have. */
export type Order = 'sorted' | 'unsorted';

export class EncryptedItems {
  readonly #world: FormatWorld;

  constructor(world: FormatWorld) {
    this.#world = world;
  }

  /** Direct KMS Provider. */
  async direct(keyed: Keyed, secrets: Record<string, Buffer>, order: Order = 'sorted'): Promise<Item> {
    const algorithms = { 'amzn-ddb-env-alg': 'AES/256', 'amzn-ddb-sig-alg': 'HmacSHA256/256' };
    const { plaintext, ciphertext } = await this.#world.dataKey(contextOf(keyed, algorithms));
    const description = {
      ...algorithms,
      'amzn-ddb-wrap-alg': 'kms',
      'aws-kms-ec-attr': '*keys*',
      'amzn-ddb-env-key': ciphertext.toString('base64'),
    };
    return itemOf(keyed, secrets, { description, order, contentKey: derived(plaintext) });
  }

  /** Most Recent Provider, whose MetaStore holds this key under this id. */
  recent(keyed: Keyed, secrets: Record<string, Buffer>, meta: { id: string; key: Buffer }): Item {
    const contentKey = randomBytes(32);
    const wrap = createCipheriv('id-aes256-wrap', meta.key, WRAP_IV);
    const wrapped = Buffer.concat([wrap.update(contentKey), wrap.final()]);
    const description = {
      'amzn-ddb-env-alg': 'AES/256',
      'amzn-ddb-env-key': wrapped.toString('base64'),
      'amzn-ddb-meta-id': meta.id,
      'amzn-ddb-wrap-alg': 'AESWrap',
    };
    return itemOf(keyed, secrets, { description, order: 'sorted', contentKey });
  }

  /** @param metaStore the table of the MetaStore */
  async read({ table, key }: Keyed, name: string, metaStore: string): Promise<Buffer> {
    const get = new GetItemCommand({ TableName: table, Key: key });
    const { Item: item } = await this.#world.aws.dynamodb.send(get);
    if (item === undefined) throw new RangeError(`no ${JSON.stringify(key)} in ${table}`);
    const description = parsed(Buffer.from(item[DESCRIPTION]!.B!));
    const dataKey = Buffer.from(description['amzn-ddb-env-key']!, 'base64');
    const metaId = description['amzn-ddb-meta-id'];
    if (metaId === undefined) {
      const plaintext = await this.#world.decrypt(dataKey, contextOf({ table, key }, description));
      return opened(Buffer.from(item[name]!.B!), derived(plaintext));
    }
    const [material, version] = metaId.split('#');
    const row = { table: metaStore, key: { N: { S: material! }, V: { N: version! } } };
    const unwrap = createDecipheriv('id-aes256-wrap', await this.read(row, 'enc', metaStore), WRAP_IV);
    return opened(Buffer.from(item[name]!.B!), Buffer.concat([unwrap.update(dataKey), unwrap.final()]));
  }
}

function contextOf({ table, key }: Keyed, description: Context): Context {
  const values = Object.entries(key).map(
    ([name, { S, N, B }]) => [name, S ?? N ?? Buffer.from(B!).toString('base64')] as const,
  );
  return {
    '*amzn-ddb-env-alg*': description['amzn-ddb-env-alg']!,
    '*amzn-ddb-sig-alg*': description['amzn-ddb-sig-alg']!,
    ...Object.fromEntries(values),
    '*aws-kms-table*': table,
  };
}

interface Sealing {
  readonly description: Context;
  readonly order: Order;
  readonly contentKey: Buffer;
}

function itemOf(
  { key }: Keyed,
  secrets: Record<string, Buffer>,
  { description, order, contentKey }: Sealing,
): Item {
  const sealed = Object.entries(secrets).map(([name, secret]) => {
    const iv = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', contentKey, iv);
    return [name, { B: Buffer.concat([iv, cipher.update(secret), cipher.final()]) }] as const;
  });
  return {
    ...{ ...key, ...Object.fromEntries(sealed) },
    [DESCRIPTION]: { B: serialized(description, order) },
    '*amzn-ddb-map-sig*': { B: randomBytes(32) },
  };
}

function opened(bytes: Buffer, contentKey: Buffer): Buffer {
  const cipher = createDecipheriv('aes-256-cbc', contentKey, bytes.subarray(0, 16));
  return Buffer.concat([cipher.update(bytes.subarray(16)), cipher.final()]);
}

function derived(initial: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', initial, Buffer.alloc(32), 'Encryption', 32));
}

function serialized(description: Context, order: Order): Buffer {
  const entries = Object.entries(description);
  if (order === 'sorted') entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = entries.flat().map(text => Buffer.from(text));
  const length = (bytes: Buffer): Buffer => {
    const number = Buffer.alloc(4);
    number.writeInt32BE(bytes.length);
    return number;
  };
  return Buffer.concat([Buffer.alloc(4), ...texts.flatMap(text => [length(text), text])]);
}

function parsed(bytes: Buffer): Record<string, string> {
  const texts: string[] = [];
  for (let at = 4; at < bytes.length;) {
    const end = at + 4 + bytes.readInt32BE(at);
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return Object.fromEntries(texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1]!]] : [])));
}
