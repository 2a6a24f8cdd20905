import fc from 'fast-check';
import type { AttributeMap, AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import { anyCharacter } from '../support/any-character.ts';

/** What is done to one value of a record. */
export type Mutation =
  | { readonly kind: 'remove' }
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'insert'; readonly share: number; readonly text: string }
  | { readonly kind: 'overwrite'; readonly share: number; readonly text: string }
  | { readonly kind: 'replace'; readonly value: AttributeValue };

const HOSTILE = [
  '',
  ...['[', '{"a":', '"', '\\', '\n', '=', 'sops:', '&a [*a]', '- '].map(one => one.repeat(3_000)),
  ...['{"__proto__":1}', '\u0000', '\ud800', '\ufeff', 'null', '1e999', '{"a":1,"a":2}', '!!binary x'],
  ...['key', 'AQICAH', '-----', '=?UTF-8?B?w4Q=?='],
];
const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: anyCharacter, maxLength: 12 }));
const share = fc.double({ min: 0, max: 1, noNaN: true });

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.constant({ kind: 'remove' as const }),
  fc.record({ kind: fc.constant('cut' as const), share }),
  fc.record({ kind: fc.constant('insert' as const), share, text }),
  fc.record({ kind: fc.constant('overwrite' as const), share, text }),
  fc.record({
    kind: fc.constant('replace' as const),
    value: fc.oneof(
      text.map(S => ({ S })),
      fc.uint8Array({ maxLength: 40 }).map(B => ({ B })),
      fc.constantFrom<AttributeValue>({ NULL: true }, { N: '1' }, { BOOL: true }, { L: [] }, { M: {} }),
    ),
  }),
);

/** A record with one of its values mutated: the one at `at` of all, in the order of the record. */
export function mutated(record: StoreRecord, at: number, how: Mutation): StoreRecord {
  const counter = { left: at };
  switch (record.kind) {
    case 'item': {
      const attributes = inMap(record.attributes, counter, how);
      return { ...record, attributes };
    }
    case 'object': {
      const body = record.body !== undefined && 'B' in record.body ? { body: record.body } : {};
      const values: AttributeMap = {
        ...marked('m', record.metadata),
        ...marked('a', record.annotations ?? {}),
        ...body,
      };
      const after = inMap(values, counter, how);
      const { body: newBody } = after;
      return {
        ...record,
        metadata: textsMarked('m', after),
        ...(record.annotations !== undefined && { annotations: textsMarked('a', after) }),
        ...(newBody !== undefined && 'B' in newBody && { body: newBody }),
      };
    }
  }
}

/** The texts of one part of an object, apart from those of others. */
function marked(part: 'm' | 'a', texts: Readonly<Record<string, string>>): AttributeMap {
  return Object.fromEntries(Object.entries(texts).map(([name, S]) => [`${part} ${name}`, { S }]));
}

function textsMarked(part: 'm' | 'a', values: AttributeMap): Readonly<Record<string, string>> {
  const texts = Object.entries(values).flatMap(([name, value]) =>
    name.startsWith(`${part} `) && 'S' in value ? [[name.slice(2), value.S] as const] : [],
  );
  return Object.fromEntries(texts);
}

/** How many values a record has. */
export function valuesOf(record: StoreRecord): number {
  if (record.kind === 'item') return inMapCount(record.attributes);
  const texts = Object.keys({ ...marked('m', record.metadata), ...marked('a', record.annotations ?? {}) });
  return texts.length + (record.body === undefined ? 0 : 1);
}

function inMapCount(map: AttributeMap): number {
  return Object.values(map).reduce((sum, value) => sum + countOf(value), 0);
}

function countOf(value: AttributeValue): number {
  if ('M' in value) return 1 + inMapCount(value.M);
  return 'L' in value ? 1 + value.L.reduce((sum, one) => sum + countOf(one), 0) : 1;
}

interface Counter {
  left: number;
}

function inMap(map: AttributeMap, counter: Counter, how: Mutation): AttributeMap {
  const entries = Object.entries(map).flatMap(([name, value]) => {
    const after = inValue(value, counter, how);
    return after === undefined ? [] : [[name, after] as const];
  });
  return Object.fromEntries(entries);
}

function inValue(value: AttributeValue, counter: Counter, how: Mutation): AttributeValue | undefined {
  if (counter.left-- === 0) return applied(value, how);
  if ('M' in value) return { M: inMap(value.M, counter, how) };
  if ('L' in value) return { L: value.L.flatMap(one => inValue(one, counter, how) ?? []) };
  return value;
}

function applied(value: AttributeValue, how: Mutation): AttributeValue | undefined {
  if (how.kind === 'remove') return undefined;
  if (how.kind === 'replace') return how.value;
  const change = (chars: string): string => {
    const place = Math.floor(how.share * chars.length);
    if (how.kind === 'cut') return chars.slice(0, place);
    return (
      chars.slice(0, place) + how.text + chars.slice(how.kind === 'insert' ? place : place + how.text.length)
    );
  };
  if ('S' in value) return { S: change(value.S) };
  if ('B' in value) return { B: Buffer.from(change(Buffer.from(value.B).toString('latin1')), 'latin1') };
  return value;
}
