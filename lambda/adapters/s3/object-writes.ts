import { UploadPartCopyCommand, type S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { heldAt } from '../../core/places/held-at.ts';
import { sameValue } from '../../core/places/same-value.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { Needs } from '../../core/model/format.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { changed, writesAnnotation, writesBody } from '../../core/places/changed.ts';
import type { Deadline, WriteResult } from '../../core/ports.ts';
import { COPY_LIMITS, isCopiedInParts, type CopyLimits } from '../../core/stores/s3/copy-in-parts.ts';
import { refusalWords } from '../aws/errors.ts';
import { despiteConflicts } from '../aws/patience.ts';
import type { RefusedCalls } from '../aws/refused-calls.ts';
import { CarriedReads } from './carried.ts';
import { copyInPlace, refusedInPlace } from './copy-in-place.ts';
import { CopyInParts } from './copy-in-parts.ts';
import { copyToBucket } from './copy-to-bucket.ts';
import { putObject } from './put-object.ts';
import { copyWithoutEffect, partWithoutEffect } from './copy-without-effect.ts';
import { sdkObjectCalls, type ObjectCalls } from './object-calls.ts';
import { ObjectReads } from './object-reads.ts';
import type { PartsCopy } from './upload.ts';
import { WriteCalls } from './write-calls.ts';

const SECOND_MS = 1_000;

/** Where objects come from, and what encrypts them in the bucket that receives them. */
interface CopyFrom {
  readonly bucket: string;
  /** Of its Region. */
  readonly client: S3Client;
  readonly serverSideEncryptionKey?: string;
}

export interface WrittenBucket {
  readonly bucket: string;
  readonly needs?: Needs;
  readonly copyFrom?: CopyFrom;
  /** @default through the SDK's middleware */
  readonly calls?: ObjectCalls;
  /** Of the invocation that writes. @default it may take any time */
  readonly deadline?: Deadline;
  /** @default those of S3 */
  readonly limits?: CopyLimits;
}

/** Plan refuses such a run. This is what a store would say of it. */
const NO_CONDITION =
  'S3 takes no write on condition of what an annotation holds, so another writer could lose theirs';

const NO_END: Deadline = { remaining: () => Number.POSITIVE_INFINITY };

/** Writes objects, each by a copy that has an effect only if it is still what was read. */
export class ObjectWrites {
  readonly #client: S3Client;
  readonly #store: WrittenBucket;
  readonly #reads: ObjectReads;
  readonly #send: ObjectCalls;
  readonly #calls: WriteCalls;
  readonly #own: CarriedReads;
  /** Of the bucket that new objects come from. */
  readonly #source: CarriedReads;
  readonly #parts: CopyInParts;
  readonly #limits: CopyLimits;
  readonly #deadline: Deadline;
  /** When the invocation was new. */
  readonly #allMs: number;
  /** Keys that were written to; two are enough to know that there is more than one. */
  readonly #written = new Set<string>();

  constructor(
    client: S3Client,
    store: WrittenBucket,
    { reads, refused }: { readonly reads: ObjectReads; readonly refused: RefusedCalls },
  ) {
    const { bucket, needs, copyFrom, limits = COPY_LIMITS, deadline = NO_END } = store;
    this.#client = client;
    this.#store = store;
    this.#send = store.calls ?? sdkObjectCalls(client);
    this.#reads = reads;
    this.#calls = new WriteCalls(refused, bucket);
    this.#limits = limits;
    this.#deadline = deadline;
    this.#allMs = deadline.remaining();
    this.#own = new CarriedReads(client, { bucket, reads, calls: this.#calls });
    this.#source =
      copyFrom === undefined
        ? this.#own
        : new CarriedReads(copyFrom.client, {
            bucket: copyFrom.bucket,
            reads: new ObjectReads(
              copyFrom.client,
              { bucket: copyFrom.bucket, accessControlLists: false, ...(needs !== undefined && { needs }) },
              refused,
            ),
            calls: new WriteCalls(refused, copyFrom.bucket),
          });
    this.#parts = new CopyInParts(client, { calls: this.#calls, limits, deadline });
  }

  /** Makes an object that is not there, of its source. */
  async create(object: ObjectRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const { bucket, copyFrom: from } = this.#store;
    if (from === undefined) throw new TypeError(`there is no source to copy ${object.locator} from`);
    const refused = writesAnnotation(places) ? NO_CONDITION : object.blocked;
    if (refused !== undefined) return { kind: 'blocked', reason: refused };
    const copy = copyToBucket({ bucket, from, object, places });
    return this.#make({ object, copy, source: this.#source }, places);
  }

  async replace(read: ObjectRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const refused = writesAnnotation(places) ? NO_CONDITION : refusedInPlace(read);
    if (refused !== undefined) return { kind: 'blocked', reason: refused };
    // Before a body is put, the object is looked at as a whole.
    const object = writesBody(places) ? read : await this.#settle(read, places);
    if (object === undefined) return { kind: 'precondition-failed' };
    const grants = await this.#reads.grants(object.locator);
    if (grants.kind === 'gone') return { kind: 'precondition-failed' };
    if (grants.kind === 'refused')
      return { kind: 'blocked', reason: refusalWords('s3:GetObjectAcl', grants.error) };
    const { bucket } = this.#store;
    const copy = copyInPlace({ bucket, object, places, grants: grants.answer });
    return this.#make({ object, copy, source: this.#own }, places);
  }

  /** Whether an object could be copied: an error says why not. */
  async tryCopy(key: string): Promise<void> {
    const { bucket, copyFrom } = this.#store;
    const object = await this.#reads.head(key);
    if (object !== undefined && isCopiedInParts(object, this.#limits)) {
      const part = partWithoutEffect({ bucket, key, from: copyFrom?.bucket ?? bucket });
      await this.#client.send(new UploadPartCopyCommand(part));
    } else {
      const copy = copyWithoutEffect({ bucket, key, object, from: copyFrom?.bucket });
      await this.#send.copy(copy);
    }
  }

  /** Whether its annotations could be listed: an error says why not. */
  async tryAnnotations(key: string): Promise<void> {
    await this.#source.isAnnotated(key);
  }

  /** A copy takes the body along as it is. With another body, the object is put as a whole. */
  async #make(asked: PartsCopy, places: readonly PlaceChange[]): Promise<WriteResult> {
    const { body } = changed(asked.object, places);
    if (!writesBody(places) || body === undefined || 'unread' in body) return this.#copy(asked);
    return putObject(asked, { body: body.B, client: this.#client, calls: this.#calls });
  }

  async #copy(asked: PartsCopy): Promise<WriteResult> {
    const { object, copy } = asked;
    const { locator } = object;
    try {
      if (isCopiedInParts(object, this.#limits))
        return await this.#parts.copy(asked, () => this.#hasAllTime(locator));
      const step = await this.#calls.ask('s3:CopyObject', locator, () =>
        despiteConflicts(() => this.#send.copy(copy)),
      );
      return step.kind === 'ended' ? step.result : { kind: 'written' };
    } finally {
      if (this.#written.size < 2) this.#written.add(locator);
    }
  }

  /**
   * Whether an object has as much time as it could ever have: no other one was written before it in this invocation, and most
   * of the invocation is left.
   */
  #hasAllTime(locator: string): boolean {
    const isFirst = [...this.#written].every(key => key === locator);
    return isFirst && this.#deadline.remaining() >= this.#allMs / 2;
  }

  /**
   * Dates guard the metadata, and S3's dates have whole seconds. An object that changed within the second in which it was
   * read would look unchanged. So wait until that second is over, and read the object once more.
   */
  async #settle(read: ObjectRecord, places: readonly PlaceChange[]): Promise<ObjectRecord | undefined> {
    let object: ObjectRecord | undefined = read;
    while (object?.settled === false) {
      await sleep(SECOND_MS);
      object = await this.#reads.head(object.locator);
    }
    if (object?.etag !== read.etag) return undefined;
    const now = object;
    return places.every(({ path, before }) => sameValue(heldAt(now, path), before)) ? now : undefined;
  }
}
