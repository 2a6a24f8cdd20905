import { Buffer } from 'node:buffer';
import { base64OfBytes, bytesOfBase64, type Base64Alphabet } from '../core/documents/base64-text.ts';
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
  switch (encoding) {
    case 'hex': {
      const hex = Buffer.from(ciphertext).toString('hex');
      return old !== undefined && /[A-F]/.test(old) ? hex.toUpperCase() : hex;
    }
    case 'base64':
    case 'base64url':
      return base64OfBytes(ciphertext, encoding, { old, otherwise: true });
    case 'base64-unpadded':
      return base64OfBytes(ciphertext, 'base64', { old, otherwise: false });
    case 'base64url-unpadded':
      return base64OfBytes(ciphertext, 'base64url', { old, otherwise: false });
  }
}

function decodeBase64(text: string, alphabet: Base64Alphabet, otherwise: string): ReadCiphertext {
  const bytes = bytesOfBase64(text, alphabet);
  return bytes === undefined ? { reason: otherwise } : ciphertextFromBytes(bytes);
}
