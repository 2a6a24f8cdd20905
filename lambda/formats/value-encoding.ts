import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../core/model/record.ts';
import { ciphertextFromBytes, type ReadCiphertext } from './ciphertext.ts';
import { decodeText, encodeText, TEXT_ENCODINGS, type TextEncoding } from './text-encoding.ts';

/** How a value contains a ciphertext. */
export interface ValueEncoding {
  /** The ciphertext in a value, or what is wrong with the value. */
  decode(value: AttributeValue): ReadCiphertext;
  /** The value for new bytes, in the form of the old value. */
  encode(ciphertext: Uint8Array, old: AttributeValue | undefined): AttributeValue;
}

/** `binary`: the bytes, type B. `base64-in-binary`: their base64 text in type B. All others are texts, type S. */
export const VALUE_ENCODINGS = ['binary', ...TEXT_ENCODINGS, 'base64-in-binary'] as const;

export type ValueEncodingName = (typeof VALUE_ENCODINGS)[number];

export function valueEncoding(name: ValueEncodingName): ValueEncoding {
  switch (name) {
    case 'binary':
      return BINARY;
    case 'base64-in-binary':
      return BASE64_IN_BINARY;
    case 'base64':
    case 'base64-unpadded':
    case 'base64url':
    case 'base64url-unpadded':
    case 'hex':
      return inText(name);
  }
}

const BINARY: ValueEncoding = {
  decode: value => ('B' in value ? ciphertextFromBytes(value.B) : otherType(value, 'binary', 'B')),
  encode: ciphertext => ({ B: ciphertext }),
};

const BASE64_IN_BINARY: ValueEncoding = {
  decode: value =>
    'B' in value
      ? decodeText(Buffer.from(value.B).toString('latin1'), 'base64')
      : otherType(value, 'base64-in-binary', 'B'),
  encode(ciphertext, old) {
    const text = old !== undefined && 'B' in old ? Buffer.from(old.B).toString('latin1') : undefined;
    return { B: Buffer.from(encodeText(ciphertext, 'base64', text), 'latin1') };
  },
};

function inText(name: TextEncoding): ValueEncoding {
  return {
    decode: value => ('S' in value ? decodeText(value.S, name) : otherType(value, name, 'S')),
    encode: (ciphertext, old) => ({
      S: encodeText(ciphertext, name, old !== undefined && 'S' in old ? old.S : undefined),
    }),
  };
}

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? 'unknown';
}

function otherType(value: AttributeValue, encoding: ValueEncodingName, type: 'B' | 'S'): ReadCiphertext {
  return { reason: `is of type ${typeOf(value)}; the job says ${encoding}, type ${type}` };
}
