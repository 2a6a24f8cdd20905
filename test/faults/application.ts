import {
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { decrypt, readItem, readObject, type Clients } from './aws.ts';
import { open, seal, sha256 } from './envelope.ts';
import type { Random } from './random.ts';
import {
  BUCKET,
  objectOf,
  storedItem,
  storedObject,
  TABLE,
  withEnvelope,
  type Layout,
  type ObjectParts,
  type Stored,
} from './records.ts';

export type Place = 'table' | 'bucket';

type Item = Record<string, AttributeValue>;

/** What the application knows about a record: what it has written, and which writes were confirmed to it. */
export interface Truth {
  readonly place: Place;
  readonly name: string;
  readonly tenant: string;
  dataKey: Buffer;
  text: string;
  /** The item or object as the application last wrote it. */
  expected: Item | ObjectParts;
  /** A flawed record is never opened, and must stay as it is. */
  readonly flaw?: Flaw;
  exists: boolean;
  /** The application has changed it since it was seeded. */
  touched: boolean;
  /** SHA-256 of every encrypted data key that the application has put there. */
  readonly ownDigests: Set<string>;
  /** One writer of the application is working on it. No other writer of the application touches it meanwhile. */
  busy: boolean;
}

export const FLAWS = ['garbage', 'foreign', 'wrong-context', 'no-tenant'] as const;
export type Flaw = (typeof FLAWS)[number];

export interface ApplicationKeys {
  readonly old: string;
  readonly new: string;
  readonly foreign: string;
}

interface Envelope {
  readonly dataKey: Buffer;
  readonly sealed: { readonly dataKey: Uint8Array; readonly keyArn: string };
}

/**
 * An application that encrypts what it stores. It knows nothing about the product. It writes as applications
 * do, sometimes with conditions and sometimes without, and remembers what it has written.
 */
export class Application {
  readonly truths: Truth[] = [];
  readonly #clients: Clients;
  readonly #random: Random;
  readonly #layout: Layout;
  readonly #keys: ApplicationKeys;
  #made = 0;

  constructor(
    clients: Clients,
    random: Random,
    given: { readonly layout: Layout; readonly keys: ApplicationKeys },
  ) {
    this.#clients = clients;
    this.#random = random;
    this.#layout = given.layout;
    this.#keys = given.keys;
  }

  /** Makes a record under the old key or, in a few cases, one that nobody can re-encrypt. */
  async add(place: Place, flaw?: Flaw): Promise<Truth> {
    const number = ++this.#made;
    const truth: Truth = {
      place,
      name:
        place === 'table' ? `o-${number}` : `docs/${this.#random.pick(['a', 'b', 'é', '𝒳'])}/${number}.bin`,
      tenant: this.#random.pick(['acme', 'globex', 'initech']),
      dataKey: Buffer.alloc(0),
      text: '',
      expected: {},
      exists: true,
      touched: false,
      ownDigests: new Set(),
      busy: true,
      ...(flaw !== undefined && { flaw }),
    };
    const envelope = await this.#envelope(truth, this.#keys.old);
    this.truths.push(truth);
    await this.#writeWhole(truth, envelope, `first text of ${truth.name}`);
    truth.busy = false;
    return truth;
  }

  /** Does one of the things that applications do to their records. Returns which one, or why it did nothing. */
  async act(): Promise<string> {
    const act = this.#random.pick(ACTS);
    try {
      if (act === 'add') (await this.add(this.#random.chance(0.6) ? 'table' : 'bucket')).touched = true;
      else if (!(await this.withFree(truth => this.#do(this.#within(act, truth), truth))))
        return 'nobody was free';
      return act;
    } catch (error) {
      // An operator has disabled its key: it has written nothing.
      if ((error as Error).name === 'DisabledException') return 'key disabled';
      throw error;
    }
  }

  /** Works on a sound record that no other writer of the application is working on. Returns whether there was one. */
  async withFree(work: (truth: Truth) => Promise<void>): Promise<boolean> {
    const free = this.truths.filter(({ busy, exists, flaw }) => exists && !busy && flaw === undefined);
    if (free.length === 0) return false;
    const truth = this.#random.pick(free);
    truth.busy = true;
    try {
      await work(truth);
      return true;
    } finally {
      truth.busy = false;
    }
  }

  /**
   * Where the body of an object is put, S3 has no condition for its metadata (adapters/s3/put-object.ts): who changes nothing but
   * metadata within that time is overwritten. So such applications always write other bytes.
   */
  #within(act: Act, { place }: Truth): Act {
    const { objects } = this.#layout;
    if (place === 'table' || objects === 'metadata') return act;
    if (act === 'annotate') return objects === 'sops' ? 'rewrite' : 'rotate';
    return act === 'rewrite' && objects === 'body' ? 'rotate' : act;
  }

  async #do(act: Act, truth: Truth): Promise<void> {
    const text = `${act} ${truth.name} ${this.#random.between(1, 1e6)}`;
    truth.touched = true;
    switch (act) {
      case 'rotate':
      case 'rotate-to-new': {
        const key = act === 'rotate' ? this.#keys.old : this.#keys.new;
        return this.#writeWhole(truth, await this.#envelope(truth, key), text);
      }
      case 'rewrite':
        return this.#rewrite(truth, text);
      case 'annotate':
        return this.#annotate(truth, text);
      case 'delete':
        return this.#delete(truth);
    }
  }

  /** The same data key, a new payload: this is what an application does if it keeps its data key in memory. */
  async #rewrite(truth: Truth, text: string): Promise<void> {
    const now = await this.#read(truth);
    const opened = now && (await decrypt(this.#clients, now.dataKey, { tenant: truth.tenant }));
    // Reporting what cannot be opened is the checker's task, not the application's.
    if (now === undefined || opened === undefined || 'error' in opened) return;
    const sealed = { dataKey: now.dataKey, keyArn: now.keyArn };
    await this.#writeWhole(truth, { dataKey: truth.dataKey, sealed }, text);
  }

  /** Changes something that is not the product's business: an attribute, or metadata by a copy in place. */
  async #annotate(truth: Truth, note: string): Promise<void> {
    if (truth.place === 'table') {
      await this.#clients.dynamodb.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: { id: { S: truth.name } },
          UpdateExpression: 'SET note = :note',
          ExpressionAttributeValues: { ':note': { S: note } },
        }),
      );
      truth.expected = { ...(truth.expected as Item), note: { S: note } };
      return;
    }
    const parts = await readObject(this.#clients, BUCKET, truth.name);
    const metadata = { ...parts?.metadata, note };
    await this.#clients.s3.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key: truth.name,
        CopySource: `${BUCKET}/${encodeURIComponent(truth.name)}`,
        MetadataDirective: 'REPLACE',
        Metadata: metadata,
        ContentType: parts?.contentType,
        CacheControl: parts?.cacheControl,
        StorageClass: 'STANDARD',
      }),
    );
    truth.expected = { ...(truth.expected as ObjectParts), metadata, storageClass: 'STANDARD' };
  }

  async #delete(truth: Truth): Promise<void> {
    if (truth.place === 'table')
      await this.#clients.dynamodb.send(
        new DeleteItemCommand({ TableName: TABLE, Key: { id: { S: truth.name } } }),
      );
    else await this.#clients.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: truth.name }));
    truth.exists = false;
  }

  async #envelope(truth: Truth, key: string): Promise<Envelope> {
    const keyArn = truth.flaw === 'foreign' ? this.#keys.foreign : key;
    const tenant = truth.flaw === 'wrong-context' ? 'somebody else' : truth.tenant;
    const { Plaintext, CiphertextBlob } = await this.#clients.kms.send(
      new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: { tenant } }),
    );
    const dataKey = truth.flaw === 'garbage' ? this.#random.bytes(184) : (CiphertextBlob ?? new Uint8Array());
    return { dataKey: Buffer.from(Plaintext ?? []), sealed: { dataKey, keyArn } };
  }

  /** Writes everything again, with no condition: the last writer wins. */
  async #writeWhole(truth: Truth, { dataKey, sealed }: Envelope, text: string): Promise<void> {
    const payload = seal(dataKey, text, this.#random.bytes(12));
    truth.ownDigests.add(sha256(sealed.dataKey));
    truth.expected =
      truth.place === 'table'
        ? await this.#putItem(truth, { payload, sealed, text })
        : await this.#putObject(truth, { payload, sealed });
    truth.dataKey = dataKey;
    truth.text = text;
  }

  async #putItem(
    { name, tenant, flaw }: Truth,
    {
      payload,
      sealed,
      text,
    }: { readonly payload: Buffer; readonly sealed: Envelope['sealed']; readonly text: string },
  ): Promise<Item> {
    const item: Item = {
      id: { S: name },
      ...(flaw !== 'no-tenant' && { tenant: { S: tenant } }),
      payload: { B: payload },
      note: { S: text },
      labels: { SS: ['a', 'b'] },
      nothing: { NULL: true },
    };
    const Item = withEnvelope(item, this.#layout, sealed);
    await this.#clients.dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
    return Item;
  }

  async #putObject(
    { name, tenant, flaw }: Truth,
    { payload, sealed }: { readonly payload: Buffer; readonly sealed: Envelope['sealed'] },
  ): Promise<ObjectParts> {
    const parts = {
      ...objectOf(this.#layout, { ...sealed, payload, ...(flaw !== 'no-tenant' && { tenant }) }),
      contentType: 'application/octet-stream',
      cacheControl: 'no-store',
      storageClass: this.#random.pick(['STANDARD', 'STANDARD_IA'] as const),
      tags: { team: 'orders' },
    };
    await this.#clients.s3.send(
      new PutObjectCommand({
        Bucket: BUCKET,
        Key: name,
        Body: parts.body,
        ContentType: parts.contentType,
        CacheControl: parts.cacheControl,
        StorageClass: parts.storageClass,
        Tagging: 'team=orders',
        Metadata: parts.metadata,
      }),
    );
    return parts;
  }

  #read(truth: Truth): Promise<Stored | undefined> {
    return readStored(this.#clients, truth, this.#layout);
  }

  /** What a reader that may use both keys finds wrong with a record; `undefined` if all is well. */
  async complaintAbout(truth: Truth, read?: Stored): Promise<string | undefined> {
    const stored = read ?? (await this.#read(truth));
    if (stored === undefined) return 'is not there';
    const opened = await decrypt(this.#clients, stored.dataKey, { tenant: truth.tenant });
    if ('error' in opened)
      return opened.error === 'DisabledException' ? undefined : `cannot be decrypted: ${opened.error}`;
    if (!opened.plaintext.equals(truth.dataKey)) return 'has another data key';
    if (opened.keyArn !== stored.keyArn) return `is under ${opened.keyArn}, and says ${stored.keyArn}`;
    try {
      if (open(opened.plaintext, stored.payload) !== truth.text) return 'holds another text';
    } catch {
      return 'has a payload that its data key does not open';
    }
    return stored.undeclared === this.#undeclared(truth) ? undefined : 'has changed beside its data key';
  }

  #undeclared({ place, expected }: Truth): string {
    return place === 'table'
      ? storedItem(expected as Item, this.#layout).undeclared
      : storedObject(expected as ObjectParts, this.#layout).undeclared;
  }
}

const ACTS = [
  'rotate',
  'rotate',
  'rotate-to-new',
  'rewrite',
  'rewrite',
  'annotate',
  'annotate',
  'add',
  'delete',
] as const;

type Act = Exclude<(typeof ACTS)[number], 'add'>;

export async function readStored(
  clients: Clients,
  { place, name }: Pick<Truth, 'place' | 'name'>,
  layout: Layout,
): Promise<Stored | undefined> {
  if (place === 'table') {
    const item = await readItem(clients, TABLE, name);
    return item && storedItem(item, layout);
  }
  const object = await readObject(clients, BUCKET, name);
  return object && storedObject(object, layout);
}
