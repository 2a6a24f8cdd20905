import { Buffer } from 'node:buffer';
import type { AttributePath, AttributeValue } from '../model/record.ts';
import { MOST_BYTES, MOST_NODES, TOO_LONG, TOO_MANY } from './bounds.ts';
import { noDocument, type NoDocument, type OpenedDocument, type Setting } from './document.ts';

/**
 * The material description of the DynamoDB Encryption Client: a version, then names and values, each UTF-8 after its length.
 * Versions and lengths are signed numbers of four bytes, big-endian.
 */
export function openMaterialDescription(value: AttributeValue): OpenedDocument {
  if (!('B' in value)) return noDocument('is not binary');
  const { B } = value;
  const pairs = pairsIn(Buffer.from(B.buffer, B.byteOffset, B.length));
  if ('kind' in pairs) return pairs;
  const byName = new Map(pairs.map(pair => [pair.name, pair]));
  const twice = namesThatOccurTwice(pairs);
  return {
    kind: 'document',
    root: { M: Object.fromEntries(pairs.map(pair => [pair.name, { S: pair.value }])) },
    closed: [...twice].map(name => ({ path: [name], reason: 'its name occurs more than once' })),
    written: ([name, ...deeper]) =>
      typeof name === 'string' && deeper.length === 0 ? byName.get(name)?.value : undefined,
    replaced: settings => ({ B: bytesOf(replacedPairs(pairs, twice, settings)) }),
  };
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

const VERSION = 0;
const NUMBER = 4;

function pairsIn(bytes: Buffer): readonly Pair[] | NoDocument {
  if (bytes.length > MOST_BYTES) return noDocument(TOO_LONG);
  if (bytes.length < NUMBER || bytes.readInt32BE(0) !== VERSION)
    return noDocument('is not a material description of version 0');
  const texts: string[] = [];
  let at = NUMBER;
  while (at < bytes.length) {
    const text = textAt(bytes, at);
    if (text === undefined) return noDocument('is cut short, or has a text that is not UTF-8');
    texts.push(text.value);
    if (texts.length > MOST_NODES) return noDocument(TOO_MANY);
    at = text.end;
  }
  if (texts.length % 2 !== 0) return noDocument('has a name without a value');
  return Array.from({ length: texts.length / 2 }, (_, pair) => ({
    name: texts[2 * pair] ?? '',
    value: texts[2 * pair + 1] ?? '',
  }));
}

function textAt(bytes: Buffer, at: number): { readonly value: string; readonly end: number } | undefined {
  if (at + NUMBER > bytes.length) return undefined;
  const length = bytes.readInt32BE(at);
  const end = at + NUMBER + length;
  if (length < 0 || end > bytes.length) return undefined;
  const encoded = bytes.subarray(at + NUMBER, end);
  const value = encoded.toString('utf8');
  return Buffer.from(value).equals(encoded) ? { value, end } : undefined;
}

function bytesOf(pairs: readonly Pair[]): Uint8Array {
  const texts = pairs.flatMap(({ name, value }) => [encoded(name), encoded(value)]);
  return Buffer.concat([number(VERSION), ...texts.flatMap(text => [number(text.length), text])]);
}

function encoded(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.toString('utf8') !== text) throw new TypeError('A material description holds UTF-8 only.');
  return bytes;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(NUMBER);
  bytes.writeInt32BE(value);
  return bytes;
}

function namesThatOccurTwice(pairs: readonly Pair[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(pairs.map(({ name }) => name).filter(name => seen.has(name) || !seen.add(name)));
}

/** New names go to the end; those that stay keep their order. */
function replacedPairs(
  pairs: readonly Pair[],
  twice: ReadonlySet<string>,
  settings: readonly Setting[],
): readonly Pair[] {
  const values = new Map<string, string | undefined>();
  for (const setting of settings) {
    const name = nameOf(setting.path);
    if (twice.has(name) || values.has(name)) throw new TypeError('A name occurs more than once.');
    values.set(name, valueOf(setting));
  }
  const kept = pairs.flatMap(pair => {
    const value = values.has(pair.name) ? values.get(pair.name) : pair.value;
    values.delete(pair.name);
    return value === undefined ? [] : [{ name: pair.name, value }];
  });
  const added = [...values].flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  if (added.length < values.size) throw new TypeError('There is no member of that name to remove.');
  return [...kept, ...added];
}

function nameOf(path: AttributePath): string {
  const [name, ...deeper] = path;
  if (typeof name !== 'string' || deeper.length > 0)
    throw new TypeError('A material description has names, and texts under them.');
  return name;
}

function valueOf({ after, written }: Setting): string | undefined {
  if (after === undefined) return undefined;
  if (!('S' in after) || (written !== undefined && written !== after.S))
    throw new TypeError('A material description holds texts, as they are.');
  return after.S;
}
