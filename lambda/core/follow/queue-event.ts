import * as z from 'zod/mini';
import { once } from '../schema/once.ts';
import type { RecordWritten } from './follow-store.ts';

/** A write to an object, as far as a follower believes what it is told: that there was one. Its locator is the key of the object. */
export interface ObjectWritten extends RecordWritten {
  readonly bucket: string;
  /** The messages that tell of it. */
  readonly messageIds: readonly string[];
}

export interface QueueTold {
  /** Each object once, for it is read as it is now. */
  readonly objects: readonly ObjectWritten[];
  /** Messages that tell of no object. */
  readonly unreadable: readonly string[];
}

/** Of a message only what is used: AWS may add to it. */
const event = once(() =>
  z.object({
    Records: z
      .array(z.object({ messageId: z.string().check(z.minLength(1)), body: z.string() }))
      .check(z.minLength(1)),
  }),
);

const created = once(() =>
  z.object({
    source: z.literal('aws.s3'),
    'detail-type': z.literal('Object Created'),
    detail: z.object({
      bucket: z.object({ name: z.string().check(z.minLength(1)) }),
      object: z.object({ key: z.string().check(z.minLength(1)) }),
    }),
  }),
);

/** What a batch of messages tells; `undefined` where it is no event of a queue. */
export function queueTold(input: unknown): QueueTold | undefined {
  const parsed = event().safeParse(input);
  if (!parsed.success) return undefined;
  const objects = new Map<string, ObjectWritten>();
  const unreadable: string[] = [];
  for (const { messageId, body } of parsed.data.Records) {
    const told = created().safeParse(parsedJson(body));
    if (!told.success) {
      unreadable.push(messageId);
      continue;
    }
    const { bucket, object } = told.data.detail;
    for (const locator of keysMeant(object.key)) {
      const name = JSON.stringify([bucket.name, locator]);
      const before = objects.get(name)?.messageIds ?? [];
      objects.set(name, { bucket: bucket.name, locator, messageIds: [...before, messageId] });
    }
  }
  return { objects: [...objects.values()], unreadable };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * S3 encodes keys in what it tells queues and functions, and AWS does not say whether it does in what it tells EventBridge. Where the key
 * would be another one, both are looked at: the one that is not meant is not there, or it is an object of the store like every other.
 */
function keysMeant(key: string): readonly string[] {
  const decoded = decodedKey(key);
  return decoded === undefined || decoded === key ? [key] : [key, decoded];
}

function decodedKey(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
