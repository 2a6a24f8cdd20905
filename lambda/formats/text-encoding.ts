import { Buffer } from 'node:buffer';
import { ciphertextFromBytes, type ReadCiphertext } from './ciphertext.ts';

/**
 * How a ciphertext is encoded in a text. The job names the alphabet of base64. Padding is optional when reading, and is
 * written back as it was read. `-unpadded` decides for texts whose length is a multiple of four, which show no padding.
 */
export const TEXT_ENCODINGS = [
  'base64',
  'base64-unpadded',
  'base64url',
  'base64url-unpadded',
  'hex',
] as const;

export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/** The bytes of a text that is exactly their encoding. A lenient reader would write back something else than it read. */
export function decodeText(text: string, encoding: TextEncoding): ReadCiphertext {
  switch (encoding) {
    case 'hex':
      return /^(?:[0-9a-f]{2})*$|^(?:[0-9A-F]{2})*$/.test(text)
        ? ciphertextFromBytes(Buffer.from(text, 'hex'))
        : { reason: 'is not hexadecimal, in lower or in upper case' };
    case 'base64':
    case 'base64-unpadded':
      return decodeBase64(text, 'base64', 'is not standard base64');
    case 'base64url':
    case 'base64url-unpadded':
      return decodeBase64(text, 'base64url', 'is not URL-safe base64');
  }
}

/** The text for new bytes, in the form of the old text or, if there is none, in the form that the job names. */
export function encodeText(ciphertext: Uint8Array, encoding: TextEncoding, old?: string): string {
  const bytes = Buffer.from(ciphertext);
  switch (encoding) {
    case 'hex': {
      const hex = bytes.toString('hex');
      return old !== undefined && /[A-F]/.test(old) ? hex.toUpperCase() : hex;
    }
    case 'base64':
    case 'base64-unpadded':
      return isPadded(encoding, old) ? bytes.toString('base64') : unpadded(bytes.toString('base64'));
    case 'base64url':
    case 'base64url-unpadded':
      return isPadded(encoding, old) ? padded(bytes.toString('base64url')) : bytes.toString('base64url');
  }
}

function decodeBase64(text: string, alphabet: 'base64' | 'base64url', otherwise: string): ReadCiphertext {
  const bytes = Buffer.from(text, alphabet);
  const canonical = unpadded(bytes.toString(alphabet));
  return text === canonical || text === padded(canonical)
    ? ciphertextFromBytes(bytes)
    : { reason: otherwise };
}

function isPadded(encoding: TextEncoding, old: string | undefined): boolean {
  if (old?.endsWith('=') === true) return true;
  if (old !== undefined && old.length % 4 !== 0) return false;
  return !encoding.endsWith('-unpadded');
}

function padded(text: string): string {
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

function unpadded(text: string): string {
  return text.replace(/={1,2}$/, '');
}
