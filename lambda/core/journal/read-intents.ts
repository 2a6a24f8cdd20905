import { Buffer } from 'node:buffer';
import * as z from 'zod';
import type { ReadIntents } from '../ports.ts';
import { digest } from '../scan/digest.ts';
import { JOURNAL_SCHEMA, type IntentEntry } from './entries.ts';
import { ciphertextText } from './undo.ts';

const material = z.object({ keyArn: z.string(), keyMaterialId: z.string().optional() });

const intentSchema = z.object({
  schema: z.literal(JOURNAL_SCHEMA),
  store: z.string(),
  locator: z.string(),
  slot: z.string(),
  oldCiphertext: z.string().nullable(),
  oldDigest: z.string().nullable(),
  newDigest: z.string(),
  sourceDigest: z.string(),
  createsRecord: z.literal(true).optional(),
  undo: z.array(
    z.object({
      path: z.array(z.union([z.string(), z.int().nonnegative()])).min(1),
      before: z.unknown(),
      afterDigest: z.string(),
    }),
  ),
  source: material,
  destination: material,
  route: z.string(),
  kmsRequestIds: z.array(z.string()),
});

/** The intents in a journal object's text. One line that is not what was written damages the object: nothing is guessed. */
export function readIntents(text: string): ReadIntents {
  const lines = text.split('\n');
  if (lines.pop() !== '') return { kind: 'damaged', reason: 'is truncated: its last line has no end' };
  const intents: IntentEntry[] = [];
  for (const [index, line] of lines.entries()) {
    const intent = readIntent(line);
    if (typeof intent === 'string') return { kind: 'damaged', reason: `line ${index + 1} ${intent}` };
    intents.push(intent);
  }
  return { kind: 'intents', intents };
}

/** One intent, or what is wrong with it. */
function readIntent(line: string): IntentEntry | string {
  const parsed = intentSchema.safeParse(parseJson(line));
  if (!parsed.success) return `is no intent of schema ${JOURNAL_SCHEMA}`;
  const intent = parsed.data as IntentEntry;
  const { oldCiphertext, oldDigest, undo, createsRecord } = intent;
  const digested = oldCiphertext === null ? null : digest(Buffer.from(oldCiphertext, 'base64'));
  const undone = createsRecord === true ? null : ciphertextText(undo[0]?.before);
  return digested === oldDigest && undone === oldCiphertext
    ? intent
    : 'has been altered: the old data key and its digest do not belong together';
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
