import type { CompletedPart, S3Client } from '@aws-sdk/client-s3';
import { isDeepStrictEqual } from 'node:util';
import pMap from 'p-map';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import type { Deadline, WriteResult } from '../../core/ports.ts';
import {
  ANNOTATED,
  mayFinish,
  partsOf,
  RESERVE_MS,
  tooLargeFor,
  type CopyLimits,
  type CopyProgress,
  type Part,
} from '../../core/stores/s3/copy-in-parts.ts';
import type { Carried, CarriedReads } from './carried.ts';
import { Upload, type PartsCopy } from './upload.ts';
import type { WriteCalls } from './write-calls.ts';

/** Parts of the one large object that a worker copies at a time; as many requests as there are for small ones. */
const PARTS_IN_FLIGHT = 32;

interface PartsPorts {
  readonly calls: WriteCalls;
  readonly limits: CopyLimits;
  readonly deadline: Deadline;
}

/** Where a copy stands when so many bytes are copied. */
type Stands = (copied: number) => CopyProgress;

/** How a copy ended: as a write does, or because there is no time for the rest of it. */
type End = WriteResult | { readonly kind: 'out-of-time'; readonly at: CopyProgress };

/**
 * Copies objects that no single request copies, one after the other. An upload has no conditions until its end, and then one
 * on the ETag alone. So the object, with all that is carried over besides its bytes, is looked at before the first part and
 * after the last: only if nothing has changed, the upload is completed.
 */
export class CopyInParts {
  readonly #client: S3Client;
  readonly #ports: PartsPorts;
  #turn: Promise<unknown> = Promise.resolve();
  /** Of the last copy. */
  #msPerByte = 0;

  constructor(client: S3Client, ports: PartsPorts) {
    this.#client = client;
    this.#ports = ports;
  }

  /**
   * @param hasAllTime asked when its turn has come: whether no later invocation would have more time for it
   * @throws ServiceUnavailable where the next invocation has
   */
  copy(asked: PartsCopy, hasAllTime: () => boolean): Promise<WriteResult> {
    const own = this.#turn.then(() => this.#inTime(asked, hasAllTime()));
    this.#turn = own.catch(() => undefined);
    return own;
  }

  async #inTime(asked: PartsCopy, hasAllTime: boolean): Promise<WriteResult> {
    const { size, locator } = asked.object;
    const began = Date.now();
    const stands: Stands = copied => ({
      ...{ size, copied, elapsedMs: Date.now() - began },
      remainingMs: this.#ports.deadline.remaining(),
    });
    const end = await this.#copy(asked, stands);
    if (end.kind === 'written') this.#msPerByte = stands(size).elapsedMs / size;
    if (end.kind !== 'out-of-time') return end;
    if (hasAllTime) return { kind: 'blocked', reason: tooLargeFor(end.at) };
    throw new ServiceUnavailable(
      'store.busy',
      `this invocation has no time left to copy ${locator} in parts: the next one begins with it`,
    );
  }

  async #copy(asked: PartsCopy, stands: Stands): Promise<End> {
    const { calls } = this.#ports;
    const { object, source } = asked;
    const at = stands(0);
    if (!mayFinish({ ...at, remainingMs: at.remainingMs - object.size * this.#msPerByte }))
      return { kind: 'out-of-time', at };
    const seen = await source.look(object.locator);
    if (seen.kind === 'ended') return seen.result;
    if (!isAsRead(seen.answer.object, object)) return { kind: 'precondition-failed' };
    if (seen.answer.annotated) return { kind: 'blocked', reason: ANNOTATED };
    const checksum = await source.checksum(object);
    if (checksum.kind === 'ended') return checksum.result;
    const upload = new Upload(this.#client, { calls, asked, checksum: checksum.answer });
    const begun = await upload.begin(seen.answer);
    if (begun.kind === 'ended') return begun.result;
    let isDone = false;
    try {
      const end = await this.#fill(upload, { source, seen: seen.answer, stands });
      isDone = end.kind === 'written';
      return end;
    } finally {
      if (!isDone) await upload.abort();
    }
  }

  async #fill(
    upload: Upload,
    {
      source,
      seen,
      stands,
    }: { readonly source: CarriedReads; readonly seen: Carried; readonly stands: Stands },
  ): Promise<End> {
    const parts = await this.#copyParts(upload, { object: seen.object, stands });
    if (parts.kind !== 'answered') return parts;
    const now = await source.look(seen.object.locator);
    if (now.kind === 'ended') return now.result;
    if (!isDeepStrictEqual(now.answer, seen)) return { kind: 'precondition-failed' };
    const completed = await upload.complete(parts.answer);
    return completed.kind === 'ended' ? completed.result : { kind: 'written' };
  }

  /** The first part that fails, or for which there is no time, ends all others. */
  async #copyParts(
    upload: Upload,
    { object, stands }: { readonly object: ObjectRecord; readonly stands: Stands },
  ): Promise<End | { readonly kind: 'answered'; readonly answer: readonly CompletedPart[] }> {
    const cut = new AbortController();
    const alarm = alarmAt(stands(0).remainingMs - RESERVE_MS, () => cut.abort());
    let copied = 0;
    const ends: (() => End)[] = [];
    const stop = (end: () => End): void => {
      if (!cut.signal.aborted) ends.push(end);
      cut.abort();
    };
    const copyPart = async (part: Part): Promise<CompletedPart | undefined> => {
      const at = stands(copied);
      if (!cut.signal.aborted && !mayFinish(at)) stop(() => ({ kind: 'out-of-time', at }));
      if (cut.signal.aborted) return undefined;
      try {
        const step = await upload.copyPart(part, cut.signal);
        if (step.kind === 'ended') stop(() => step.result);
        else copied += part.last + 1 - part.first;
        return step.kind === 'ended' ? undefined : step.answer;
      } catch (error) {
        stop(() => {
          throw error;
        });
        return undefined;
      }
    };
    const parts = await pMap(partsOf(object, this.#ports.limits), copyPart, { concurrency: PARTS_IN_FLIGHT });
    clearTimeout(alarm);
    if (cut.signal.aborted) return ends[0]?.() ?? { kind: 'out-of-time', at: stands(copied) };
    return { kind: 'answered', answer: parts.filter(part => part !== undefined) };
  }
}

/** A part that hangs must not outlast the invocation. */
function alarmAt(inMs: number, ring: () => void): NodeJS.Timeout | undefined {
  return Number.isFinite(inMs) ? setTimeout(ring, inMs) : undefined;
}

/** Of a copy into another bucket, the record that was read is its source. */
export function isAsRead(now: ObjectRecord, { absent: _absent, ...read }: ObjectRecord): boolean {
  return isDeepStrictEqual(now, { ...read, settled: true });
}
