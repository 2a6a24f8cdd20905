import { GetObjectAclCommand, GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import type { ObjectRecord } from '../../core/model/record.ts';
import type { Needs, RecordPart } from '../../core/model/format.ts';
import { readWithin } from '../records/bounded-reads.ts';
import { isOfIdentity, isTransient, nameOf } from '../aws/errors.ts';
import type { ListedVersion } from './list-versions.ts';
import { listObjects } from './list-objects.ts';
import { readAnnotations } from './object-annotations.ts';
import { grantHeaders, type GrantHeaders } from './object-grants.ts';
import { CHANGED_MEANWHILE, readBody } from './object-body.ts';
import { sdkObjectCalls, type ObjectCalls } from './object-calls.ts';
import { hiddenObject, objectRecord } from './object-record.ts';
import type { Asked, RefusedCalls } from '../aws/refused-calls.ts';
import { hiddenWords, isGone, mayBeOfIdentity, s3Premise } from './refusals.ts';

/** HEAD requests in flight. A listing shows no metadata, so every object costs one. */
const HEADS_IN_FLIGHT = 32;

/** An object, or one of its versions. */
interface Version {
  readonly key: string;
  readonly versionId?: string;
}

/** S3 changes no version that is there; a copy of it would become the newest. */
const NONCURRENT =
  'is a noncurrent version, which S3 cannot change: a copy of it would become the newest version; delete it (a lifecycle rule does so for all), or keep the source key for as long as somebody may restore it';

/** How often an object is looked at if it changes before its body is read. */
const MOST_LOOKS = 3;

export interface ReadBucket {
  readonly bucket: string;
  /** Objects have their own access control lists, which a copy must keep. */
  readonly accessControlLists: boolean;
  /** What to read of an object beside what S3 shows of all. @default nothing */
  readonly needs?: Needs;
  /** @default through the SDK's middleware */
  readonly calls?: ObjectCalls;
}

/** Reads objects one by one. If S3 refuses one of them, the refusal is reported for that object. */
export class ObjectReads {
  readonly #client: S3Client;
  readonly #store: ReadBucket;
  readonly #calls: ObjectCalls;
  readonly #refused: RefusedCalls;

  constructor(client: S3Client, store: ReadBucket, refused: RefusedCalls) {
    this.#client = client;
    this.#store = store;
    this.#calls = store.calls ?? sdkObjectCalls(client);
    this.#refused = refused;
  }

  heads(keys: readonly string[]): Promise<readonly (ObjectRecord | undefined)[]> {
    this.#refused.saw(keys);
    return this.#many(keys, key => this.head(key));
  }

  versions(listed: readonly ListedVersion[]): Promise<readonly (ObjectRecord | undefined)[]> {
    this.#refused.saw(listed.flatMap(({ key, current }) => (current ? [key] : [])));
    return this.#many(listed, ({ key, versionId, current }) =>
      current ? this.head(key) : this.version(key, versionId),
    );
  }

  /** Objects with their bodies and annotations as many as fit into memory together, at least one. */
  #many<Of>(
    listed: readonly Of[],
    look: (one: Of) => Promise<ObjectRecord | undefined>,
  ): Promise<readonly (ObjectRecord | undefined)[]> {
    const looks = (some: readonly Of[]): Promise<(ObjectRecord | undefined)[]> =>
      pMap(some, look, { concurrency: HEADS_IN_FLIGHT });
    if (!this.#needs('body') && this.#store.needs?.annotations === undefined) return looks(listed);
    return readWithin(listed, looks, bytesOf);
  }

  /** The object as it is now, `undefined` if there is none, or hidden if S3 refuses to show it. */
  head(key: string): Promise<ObjectRecord | undefined> {
    return this.#look({ key });
  }

  /** A noncurrent version: it is read as an object is, and nothing can be written to it. */
  async version(key: string, versionId: string): Promise<ObjectRecord | undefined> {
    const record = await this.#look({ key, versionId });
    if (record === undefined) return undefined;
    return { ...record, locator: `${key} (version ${versionId})`, key, blocked: NONCURRENT };
  }

  async #look(of: Version): Promise<ObjectRecord | undefined> {
    for (let times = 1; ; times++) {
      const shown = await this.#read('s3:HeadObject', of, () =>
        this.identified(of.key, () => this.#head(of)),
      );
      const record = await this.#withAnnotations(await this.#withTags(shown, of), of);
      if (record === undefined || !this.#needsBodyOf(record)) return record;
      const whole = await this.#read('s3:GetObject', of, async () => {
        const place = { bucket: this.#store.bucket, versionId: of.versionId };
        return { ...record, body: await readBody(this.#client, place, record) };
      });
      if (whole?.body !== CHANGED_MEANWHILE || times === MOST_LOOKS) return whole;
    }
  }

  async #withTags(record: ObjectRecord | undefined, of: Version): Promise<ObjectRecord | undefined> {
    if (record === undefined || record.hidden !== undefined || !this.#needs('tags')) return record;
    return this.#read('s3:GetObjectTagging', of, async () => ({ ...record, tags: await this.#tags(of) }));
  }

  async #withAnnotations(record: ObjectRecord | undefined, of: Version): Promise<ObjectRecord | undefined> {
    const { bucket, needs } = this.#store;
    const wanted = needs?.annotations;
    if (record === undefined || record.hidden !== undefined || wanted === undefined) return record;
    return this.#read('s3:GetObjectAnnotation', of, async () => {
      const read = () => readAnnotations(this.#client, { bucket, ...of }, wanted);
      return { ...record, ...(await this.#unlessGone(of, read)) };
    });
  }

  /** A deletion may leave a delete marker, which has no annotations. Whether it did, the object itself tells. */
  async #unlessGone<T>(of: Version, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (nameOf(error) === 'MethodNotAllowed') await this.#head(of);
      throw error;
    }
  }

  #needs(part: RecordPart): boolean {
    return this.#store.needs?.needs.includes(part) === true;
  }

  #needsBodyOf(record: ObjectRecord): boolean {
    return (
      record.hidden === undefined && this.#needs('body') && (this.#store.needs?.needsBodyOf?.(record) ?? true)
    );
  }

  /** A HEAD, once more if its reply may mean that S3 does not know the caller, and S3 does. */
  async identified<T>(key: string, head: () => Promise<T>): Promise<T> {
    try {
      return await head();
    } catch (error) {
      if (!mayBeOfIdentity(error)) throw error;
      await this.#identify(key);
      return head();
    }
  }

  async #head({ key, versionId }: Version): Promise<ObjectRecord> {
    const of = { Bucket: this.#store.bucket, Key: key, VersionId: versionId };
    const { head, answeredAt } = await this.#calls.head(of);
    return objectRecord(key, head, answeredAt);
  }

  /**
   * A listing of that key has errors with names. If it succeeds, S3 knows the caller; if not, the error says that it does
   * not.
   */
  async #identify(key: string): Promise<void> {
    try {
      await listObjects(this.#client, { bucket: this.#store.bucket, prefix: key, limit: 1 });
    } catch (error) {
      if (isOfIdentity(error) || isTransient(error)) throw error;
    }
  }

  /** Those of an object, which may have been deleted since it was read. */
  async grants(key: string): Promise<Asked<GrantHeaders> | { readonly kind: 'gone' }> {
    if (!this.#store.accessControlLists) return { kind: 'answered', answer: {} };
    const call = 's3:GetObjectAcl';
    try {
      return await this.#refused.ask(call, key, async () => grantHeaders(await this.accessControlList(key)));
    } catch (error) {
      if (isGone(error)) return { kind: 'gone' };
      if (isTransient(error)) throw error;
      throw s3Premise(call, { bucket: this.#store.bucket, key }, error);
    }
  }

  accessControlList(key: string) {
    return this.#client.send(new GetObjectAclCommand({ Bucket: this.#store.bucket, Key: key }));
  }

  async #read(
    call: string,
    { key }: Version,
    send: () => Promise<ObjectRecord>,
  ): Promise<ObjectRecord | undefined> {
    try {
      const asked = await this.#refused.ask(call, key, send);
      return asked.kind === 'answered' ? asked.answer : hiddenObject(key, hiddenWords(call, asked.error));
    } catch (error) {
      // The object was deleted after it was listed, and its data key with it.
      if (isGone(error)) return undefined;
      if (isTransient(error)) throw error;
      throw s3Premise(call, { bucket: this.#store.bucket, key }, error);
    }
  }

  async #tags({ key, versionId }: Version): Promise<Readonly<Record<string, string>>> {
    const { TagSet } = await this.#client.send(
      new GetObjectTaggingCommand({ Bucket: this.#store.bucket, Key: key, VersionId: versionId }),
    );
    return Object.fromEntries((TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  }
}

/** Of what is read beside what S3 shows of all objects. */
function bytesOf({ body, annotations = {} }: ObjectRecord): number {
  const texts = Object.values(annotations).reduce((sum, text) => sum + text.length, 0);
  return texts + (body !== undefined && 'B' in body ? body.B.length : 0);
}
