import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../model/record.ts';
import { MOST_BYTES, TOO_LONG } from './bounds.ts';
import { noDocument, type NoDocument } from './document.ts';

/** A text, and how to make of a changed text a value of the type that it came as. */
export interface SourceText {
  readonly kind: 'text';
  readonly text: string;
  valueOf(text: string): AttributeValue;
}

/** The text in a value of type S, or in one of type B that is UTF-8. */
export function sourceText(value: AttributeValue): SourceText | NoDocument {
  if ('S' in value) {
    // A character of a text takes at most three bytes, so that few texts have to be counted.
    const tooLong = value.S.length * 3 > MOST_BYTES && Buffer.byteLength(value.S) > MOST_BYTES;
    if (tooLong) return noDocument(TOO_LONG);
    if (/\p{Surrogate}/u.test(value.S)) return noDocument('is not well-formed Unicode');
    return { kind: 'text', text: value.S, valueOf: S => ({ S }) };
  }
  if (!('B' in value)) return noDocument('is neither a text nor binary');
  if (value.B.length > MOST_BYTES) return noDocument(TOO_LONG);
  const bytes = Buffer.from(value.B.buffer, value.B.byteOffset, value.B.length);
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes)
    ? { kind: 'text', text, valueOf: changed => ({ B: Buffer.from(changed) }) }
    : noDocument('is not UTF-8');
}
