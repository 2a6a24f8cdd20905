import { Buffer } from 'node:buffer';
import * as z from 'zod/mini';
import { fromJson } from '../model/attribute-json.ts';
import type { AttributeValue } from '../model/record.ts';
import type { RouteType } from '../model/route.ts';
import { digest } from '../model/digest.ts';
import type { IntentEntry, UndoPlace } from './entries.ts';
import { JOURNAL_SCHEMA } from '../model/journal-schema.ts';
import { placeDigest } from './intents.ts';
import { once } from '../schema/once.ts';

const material = once(() => z.object({ keyArn: z.string(), keyMaterialId: z.optional(z.string()) }));

/** Intents of earlier versions: one for each data key, and the text of a metadata entry as it is. */
export const schema2 = once(() =>
  z.object({
    schema: z.literal(2),
    store: z.string(),
    locator: z.string(),
    slot: z.string(),
    oldCiphertext: z.nullable(z.string()),
    oldDigest: z.nullable(z.string()),
    newDigest: z.string(),
    sourceDigest: z.string(),
    createsRecord: z.optional(z.literal(true)),
    undo: z.array(
      z.object({
        path: z.array(z.union([z.string(), z.int().check(z.nonnegative())])).check(z.minLength(1)),
        before: z.unknown(),
        afterDigest: z.string(),
      }),
    ),
    source: material(),
    destination: material(),
    route: z.string(),
    kmsRequestIds: z.array(z.string()),
  }),
);

type Schema2 = z.output<ReturnType<typeof schema2>>;

/** The same intent in the current schema; `undefined` if the old data key, its digest and its place do not match. */
export function fromSchema2(intent: Schema2): IntentEntry | undefined {
  const { store, locator, slot, oldCiphertext, oldDigest, newDigest, sourceDigest, route } = intent;
  const { createsRecord, undo, source, destination, kmsRequestIds } = intent;
  const digested = oldCiphertext === null ? null : digest(Buffer.from(oldCiphertext, 'base64'));
  const places = undo.map((place, index) => placeOf(place, index));
  const held = fromJson(places[0]?.before ?? null);
  if (digested !== oldDigest) return undefined;
  if (createsRecord !== true && !holds(held, oldDigest)) return undefined;
  const material = { source, destination } as Pick<IntentEntry['dataKeys'][number], 'source' | 'destination'>;
  return {
    schema: JOURNAL_SCHEMA,
    ...{ store, locator, route: route as RouteType },
    ...(createsRecord === true && { createsRecord }),
    dataKeys: [{ slot, oldCiphertext, oldDigest, newDigest, sourceDigest, ...material, kmsRequestIds }],
    undo: places,
  };
}

/** The first place is that of the data key. */
function placeOf({ path, before, afterDigest }: Schema2['undo'][number], index: number): UndoPlace {
  const isText = typeof before === 'string';
  const json = isText ? { S: before } : before;
  return {
    path,
    role: index === 0 ? 'data-key' : 'companion',
    dataKeys: [0],
    before: json,
    beforeDigest: placeDigest(fromJson(json)),
    afterDigest,
  };
}

/** Whether a place holds the data key of that digest, in any encoding that formats wrote at that time. */
function holds(value: AttributeValue | undefined, oldDigest: string | null): boolean {
  if (value === undefined || oldDigest === null) return value === undefined && oldDigest === null;
  return formsOf(value).some(bytes => digest(bytes) === oldDigest);
}

function formsOf(value: AttributeValue): readonly Uint8Array[] {
  if ('B' in value) return [value.B, Buffer.from(Buffer.from(value.B).toString('latin1'), 'base64')];
  // Node reads both alphabets of base64, padded or not, as base64.
  return 'S' in value ? (['base64', 'hex'] as const).map(form => Buffer.from(value.S, form)) : [];
}

/** Of a metadata text, the text alone was digested. */
export function plainTextDigest(value: AttributeValue | undefined): string | undefined {
  return value !== undefined && 'S' in value ? digest(Buffer.from(JSON.stringify(value.S))) : undefined;
}
