import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../../core/model/record.ts';
import { ciphertextFromBytes, type ReadCiphertext } from '../ciphertext.ts';
import { decodeText, encodeText, TEXT_ENCODINGS } from '../text-encoding.ts';

/** `binary`: the bytes, type B. `base64-in-binary`: their base64 text in type B. All others are texts, type S. */
export const ATTRIBUTE_ENCODINGS = ['binary', ...TEXT_ENCODINGS, 'base64-in-binary'] as const;

export type AttributeEncoding = (typeof ATTRIBUTE_ENCODINGS)[number];

/** NULL, an empty text and empty bytes stand for "no data key": object mappers write them so. */
export function isNothing(value: AttributeValue | undefined): boolean {
  if (value === undefined || 'NULL' in value) return true;
  return ('S' in value && value.S === '') || ('B' in value && value.B.length === 0);
}

/** The ciphertext in an attribute value, or what is wrong with the value. */
export function decode(value: AttributeValue, encoding: AttributeEncoding): ReadCiphertext {
  switch (encoding) {
    case 'binary':
      return 'B' in value ? ciphertextFromBytes(value.B) : otherType(value, encoding, 'B');
    case 'base64-in-binary':
      return 'B' in value
        ? decodeText(Buffer.from(value.B).toString('latin1'), 'base64')
        : otherType(value, encoding, 'B');
    case 'base64':
    case 'base64-unpadded':
    case 'base64url':
    case 'base64url-unpadded':
    case 'hex':
      return 'S' in value ? decodeText(value.S, encoding) : otherType(value, encoding, 'S');
  }
}

/** The attribute value for new bytes, in the form of the old value. */
export function encode(
  ciphertext: Uint8Array,
  encoding: AttributeEncoding,
  old: AttributeValue | undefined,
): AttributeValue {
  switch (encoding) {
    case 'binary':
      return { B: ciphertext };
    case 'base64-in-binary': {
      const text = old !== undefined && 'B' in old ? Buffer.from(old.B).toString('latin1') : undefined;
      return { B: Buffer.from(encodeText(ciphertext, 'base64', text), 'latin1') };
    }
    case 'base64':
    case 'base64-unpadded':
    case 'base64url':
    case 'base64url-unpadded':
    case 'hex':
      return { S: encodeText(ciphertext, encoding, old !== undefined && 'S' in old ? old.S : undefined) };
  }
}

function otherType(value: AttributeValue, encoding: AttributeEncoding, type: 'B' | 'S'): ReadCiphertext {
  return { reason: `is of type ${typeOf(value)}; the job says ${encoding}, type ${type}` };
}

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? 'unknown';
}
