import { Buffer } from 'node:buffer';
import type { AttributeValue } from '../../core/model/record.ts';
import { typeOf, valueEncoding, type ValueEncoding } from '../value-encoding.ts';

const BINARY = valueEncoding('binary');
const BASE64 = valueEncoding('base64-in-binary');

/**
 * Bytes, or their base64 text in type B, which the attributes of pynamodb write by their older encoding. KMS says of all that
 * is no such text whether it is a ciphertext.
 */
export const DATA_KEY_ENCODING: ValueEncoding = {
  decode(value) {
    if (!('B' in value)) return { reason: `is of type ${typeOf(value)}; Confidant writes type B` };
    return encodingOf(value).decode(value);
  },
  encode: (ciphertext, old) => encodingOf(old).encode(ciphertext, old),
};

function encodingOf(value: AttributeValue | undefined): ValueEncoding {
  return value !== undefined && 'B' in value && isPaddedText(value) ? BASE64 : BINARY;
}

/** Python writes base64 with its padding. */
function isPaddedText(value: { readonly B: Uint8Array }): boolean {
  return value.B.length % 4 === 0 && 'ciphertext' in BASE64.decode({ B: Buffer.from(value.B) });
}
