import { GetObjectAclCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import type { ObjectRecord } from '../../core/model/record.ts';
import { answerDate } from '../aws/answer-date.ts';
import { isOfIdentity, isTransient, nameOf } from '../aws/errors.ts';
import { listObjects } from './list-objects.ts';
import { grantHeaders, type GrantHeaders } from './object-grants.ts';
import { hiddenObject, objectRecord } from './object-record.ts';
import type { Asked, RefusedCalls } from '../aws/refused-calls.ts';
import { hiddenWords, mayBeOfIdentity, s3Premise } from './refusals.ts';

/** HEAD requests in flight. A listing shows no metadata, so every object costs one. */
const HEADS_IN_FLIGHT = 32;

export interface ReadBucket {
  readonly bucket: string;
  /** Objects have their own access control lists, which a copy must keep. */
  readonly accessControlLists: boolean;
  /** Read each object's tags, too. */
  readonly tags?: boolean;
}

/** Reads objects one by one. If S3 refuses one of them, the refusal is reported for that object. */
export class ObjectReads {
  readonly #client: S3Client;
  readonly #store: ReadBucket;
  readonly #refused: RefusedCalls;

  constructor(client: S3Client, store: ReadBucket, refused: RefusedCalls) {
    this.#client = client;
    this.#store = store;
    this.#refused = refused;
  }

  heads(keys: readonly string[]): Promise<readonly (ObjectRecord | undefined)[]> {
    this.#refused.saw(keys);
    return pMap(keys, key => this.head(key), { concurrency: HEADS_IN_FLIGHT });
  }

  /** The object as it is now, `undefined` if there is none, or hidden if S3 refuses to show it. */
  async head(key: string): Promise<ObjectRecord | undefined> {
    const record = await this.#read('s3:HeadObject', key, () => this.identified(key, () => this.#head(key)));
    if (record === undefined || record.hidden !== undefined || this.#store.tags !== true) return record;
    return this.#read('s3:GetObjectTagging', key, async () => ({ ...record, tags: await this.#tags(key) }));
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

  async #head(key: string): Promise<ObjectRecord> {
    const head = new HeadObjectCommand({ Bucket: this.#store.bucket, Key: key });
    const answeredAt = answerDate(head);
    return objectRecord(key, await this.#client.send(head), answeredAt());
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

  async grants(key: string): Promise<Asked<GrantHeaders>> {
    if (!this.#store.accessControlLists) return { kind: 'answered', answer: {} };
    const call = 's3:GetObjectAcl';
    try {
      return await this.#refused.ask(call, key, async () => grantHeaders(await this.accessControlList(key)));
    } catch (error) {
      if (isTransient(error)) throw error;
      throw s3Premise(call, { bucket: this.#store.bucket, key }, error);
    }
  }

  accessControlList(key: string) {
    return this.#client.send(new GetObjectAclCommand({ Bucket: this.#store.bucket, Key: key }));
  }

  async #read(
    call: string,
    key: string,
    send: () => Promise<ObjectRecord>,
  ): Promise<ObjectRecord | undefined> {
    try {
      const asked = await this.#refused.ask(call, key, send);
      return asked.kind === 'answered' ? asked.answer : hiddenObject(key, hiddenWords(call, asked.error));
    } catch (error) {
      // The object was deleted after it was listed, and its data key with it.
      if (nameOf(error) === 'NotFound' || nameOf(error) === 'NoSuchKey') return undefined;
      if (isTransient(error)) throw error;
      throw s3Premise(call, { bucket: this.#store.bucket, key }, error);
    }
  }

  async #tags(key: string): Promise<Readonly<Record<string, string>>> {
    const { TagSet } = await this.#client.send(
      new GetObjectTaggingCommand({ Bucket: this.#store.bucket, Key: key }),
    );
    return Object.fromEntries((TagSet ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  }
}
