import { Buffer } from 'node:buffer';
import { ciphertextBytes, RSA_KEY_SPECS } from '../../model/key-use.ts';
import type { AttributeValue } from '../../model/record.ts';

const SPEC_BY_BYTES = new Map(RSA_KEY_SPECS.map(spec => [ciphertextBytes(spec), spec]));

/** Twice the digits of the longest: longer texts need not be decoded. */
const MOST_DIGITS = 1_024;

/** The RSA key spec whose ciphertexts are as long as a value: bytes, or their base64 or hexadecimal. */
export function rsaSpecByLength(value: AttributeValue): string | undefined {
  if ('B' in value) return SPEC_BY_BYTES.get(value.B.length);
  if (!('S' in value) || value.S.length > MOST_DIGITS) return undefined;
  const hex = /^[0-9a-f]+$/i.test(value.S) ? SPEC_BY_BYTES.get(value.S.length / 2) : undefined;
  if (hex !== undefined) return hex;
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(value.S)
    ? SPEC_BY_BYTES.get(Buffer.from(value.S, 'base64').length)
    : undefined;
}
