import type { EncryptionContext } from '../../core/model/encryption-context.ts';
import type { AttributeValue } from '../../core/model/record.ts';
import { opened } from '../../core/places/value-at.ts';
import { fieldOf, METADATA, type Envelope } from './fields.ts';
import { textsOf } from './encoded-words.ts';

/** The context that a client has stored beside a data key, as the clients read it. */
export type Description =
  | {
      readonly kind: 'description';
      /** What it may say, the likeliest first; more than one if S3 has encoded it. */
      readonly readings: readonly EncryptionContext[];
      /** S3 shows it in another form than it was written in, so no place in it can be changed. */
      readonly encoded: boolean;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A client that finds no description takes an empty one. */
const NONE: Description = { kind: 'description', readings: [{}], encoded: false };

export function descriptionOf(envelope: Envelope, name: string): Description {
  const value = fieldOf(envelope, name);
  if (value === undefined) return NONE;
  if (!('S' in value)) return { kind: 'unreadable', reason: `${name} is not a text` };
  const texts = envelope.at === METADATA ? textsOf(value.S) : [value.S];
  // The value itself, so that it is parsed once.
  const read = texts.map(text => contextIn(text === value.S ? value : { S: text }));
  const readings = read.flatMap(one => ('context' in one ? [one.context] : []));
  const [problem = 'is encoded (RFC 2047) in a way that S3 does not use'] = read.flatMap(one =>
    'reason' in one ? [one.reason] : [],
  );
  return readings.length === 0
    ? { kind: 'unreadable', reason: `${name} ${problem}` }
    : { kind: 'description', readings, encoded: texts[0] !== value.S };
}

function contextIn(
  value: AttributeValue,
): { readonly context: EncryptionContext } | { readonly reason: string } {
  const document = opened(value, { as: 'json' });
  if (document.kind === 'no-document') return { reason: document.reason };
  const { root, closed } = document;
  if (!('M' in root)) return { reason: 'is not a JSON object' };
  const [hidden] = closed;
  if (hidden !== undefined) return { reason: `holds a value of which ${hidden.reason}` };
  const pairs = Object.entries(root.M).flatMap(([name, one]) => ('S' in one ? [[name, one.S] as const] : []));
  if (pairs.length < Object.keys(root.M).length) return { reason: 'holds something else than texts' };
  if (!pairs.flat().every(isWellFormed)) return { reason: 'holds half a character' };
  return { context: Object.fromEntries(pairs) };
}

/** KMS takes UTF-8, which has no half of a surrogate pair. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
