import type { AttributeValue } from '../model/record.ts';
import { spelling } from './json-strings.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** The JSON text of a value. Strings are spelt as the old text spells them, or else as the rest of the document does. */
export type JsonWriter = (value: AttributeValue, old: string) => string;

export function jsonWriter(text: string): JsonWriter {
  const string = spelling(text);
  const write: JsonWriter = (value, old) => {
    if ('S' in value) return string(value.S, old);
    if ('N' in value && NUMBER.test(value.N)) return value.N;
    if ('BOOL' in value) return String(value.BOOL);
    if ('NULL' in value) return 'null';
    if ('L' in value) return `[${value.L.map(one => write(one, '')).join(', ')}]`;
    if ('M' in value)
      return `{${Object.entries(value.M)
        .map(([name, one]) => `${string(name, '')}: ${write(one, '')}`)
        .join(', ')}}`;
    throw new TypeError('JSON cannot hold such a value.');
  };
  return write;
}
