import type { WriteResult } from '../../core/ports.ts';
import { busyOf } from '../aws/busy.ts';
import { isTransient, nameOf, refusalWords } from '../aws/errors.ts';
import type { RefusedCalls } from '../aws/refused-calls.ts';
import { isGone, s3Premise } from './refusals.ts';

/** What became of a request of a write: its answer, or the end of the write. */
export type Step<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'ended'; readonly result: WriteResult };

export function ended(result: WriteResult): Step<never> {
  return { kind: 'ended', result };
}

/** The requests by which objects of a bucket are written. */
export class WriteCalls {
  readonly #refused: RefusedCalls;
  readonly #bucket: string;

  constructor(refused: RefusedCalls, bucket: string) {
    this.#refused = refused;
    this.#bucket = bucket;
  }

  /** @throws PremiseBroken where no object could be written */
  async ask<T>(call: string, key: string, send: () => Promise<T>): Promise<Step<T>> {
    try {
      const asked = await this.#refused.ask(call, key, send);
      return asked.kind === 'answered'
        ? asked
        : ended({ kind: 'blocked', reason: refusalWords(call, asked.error) });
    } catch (error) {
      return ended(this.#resultOf(call, key, error));
    }
  }

  #resultOf(call: string, key: string, error: unknown): WriteResult {
    if (isGone(error)) return { kind: 'precondition-failed' };
    switch (nameOf(error)) {
      case 'PreconditionFailed':
      case 'ConditionalRequestConflict':
      // The upload was completed, perhaps by this very request, whose answer got lost; or somebody has aborted it.
      case 'NoSuchUpload':
        return { kind: 'precondition-failed' };
      case 'InvalidObjectState':
      case 'ObjectNotInActiveTierError':
        return { kind: 'blocked', reason: 'archived: restore the object, then run the job again' };
      case 'MetadataTooLarge':
        return {
          kind: 'blocked',
          reason: `${refusalWords(call, error)}: its metadata, of which S3 takes 2 KB, have no room for the new data key`,
        };
    }
    const busy = busyOf(error);
    if (busy !== undefined || isTransient(error)) {
      const reason = `S3 did not take the copy: ${nameOf(error)}`;
      return { kind: 'unavailable', reason, ...(busy !== undefined && { busy }) };
    }
    throw s3Premise(call, { bucket: this.#bucket, key }, error);
  }
}
