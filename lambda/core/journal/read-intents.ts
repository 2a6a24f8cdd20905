import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import { fromJson } from '../model/attribute-json.ts';
import { PLAIN_DOCUMENTS } from '../model/document-step.ts';
import { ASYMMETRIC_ALGORITHMS } from '../model/key-use.ts';
import type { ReadIntents } from './ports.ts';
import { digest } from '../model/digest.ts';
import type { IntentEntry } from './entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import { placeDigest } from './intents.ts';
import { fromSchema2, schema2 } from './schema-2.ts';
import { once } from '../schema/once.ts';

const material = once(() =>
  z.object({
    keyArn: z.string(),
    keyMaterialId: z.optional(z.string()),
    encryptionAlgorithm: z.optional(z.enum(ASYMMETRIC_ALGORITHMS)),
  }),
);

const step = once(() =>
  z.union([
    z.string(),
    z.int().check(z.nonnegative()),
    z.strictObject({ part: z.literal('body') }),
    z.strictObject({ part: z.literal('annotation'), name: z.string() }),
    z.strictObject({ as: z.enum(PLAIN_DOCUMENTS) }),
    z.strictObject({ as: z.literal('delimited'), by: z.string() }),
  ]),
);

const intentSchema = once(() =>
  z.object({
    schema: z.literal(JOURNAL_SCHEMA),
    store: z.string(),
    locator: z.string(),
    createsRecord: z.optional(z.literal(true)),
    retries: z.optional(z.int().check(z.positive())),
    route: z.string(),
    dataKeys: z
      .array(
        z.object({
          slot: z.string(),
          oldCiphertext: z.nullable(z.string()),
          oldDigest: z.nullable(z.string()),
          newDigest: z.string(),
          sourceDigest: z.string(),
          source: material(),
          destination: material(),
          kmsRequestIds: z.array(z.string()),
        }),
      )
      .check(z.minLength(1)),
    undo: z.array(
      z.object({
        path: z.array(step()).check(z.minLength(1)),
        role: z.enum(['data-key', 'companion', 'version']),
        dataKeys: z.array(z.int().check(z.nonnegative())),
        before: z.unknown(),
        written: z.optional(z.string()),
        beforeDigest: z.string(),
        afterDigest: z.string(),
      }),
    ),
  }),
);

const ALTERED = 'has been altered: its content does not match its digest';

/** The intents in a journal object's text. A single line that is not as it was written makes the whole object damaged. */
export function readIntents(text: string): ReadIntents {
  const lines = text.split('\n');
  if (lines.pop() !== '') return { kind: 'damaged', reason: 'is truncated: its last line has no end' };
  const intents: IntentEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const intent = orAltered(() => readIntent(parseJson(line)));
    if (typeof intent === 'string') return { kind: 'damaged', reason: `line ${index + 1} ${intent}` };
    intents.push(intent);
  }
  return { kind: 'intents', intents };
}

/** One intent, or what is wrong with it. */
function readIntent(json: unknown): IntentEntry | string {
  const earlier = schema2().safeParse(json);
  if (earlier.success) return fromSchema2(earlier.data) ?? ALTERED;
  const parsed = intentSchema().safeParse(json);
  if (!parsed.success) return `is not an intent of schema ${JOURNAL_SCHEMA} or 2`;
  const intent = parsed.data as IntentEntry;
  return isWhole(intent) ? intent : ALTERED;
}

/** What was altered may have any shape, and any depth: whatever it makes of our reading, it is not what was written. */
function orAltered(read: () => IntentEntry | string): IntentEntry | string {
  try {
    return read();
  } catch {
    return ALTERED;
  }
}

function isWhole({ dataKeys, undo }: IntentEntry): boolean {
  return (
    dataKeys.every(({ oldCiphertext, oldDigest }) =>
      oldCiphertext === null
        ? oldDigest === null
        : digest(Buffer.from(oldCiphertext, 'base64')) === oldDigest,
    ) &&
    undo.every(
      place =>
        placeDigest(fromJson(place.before)) === place.beforeDigest &&
        place.dataKeys.every(index => index < dataKeys.length),
    )
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
