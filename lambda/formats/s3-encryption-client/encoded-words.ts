import { Buffer } from 'node:buffer';

const WORD = /^=\?UTF-8\?([BQ])\?([^?]*)\?=$/i;

/**
 * The texts that a metadata entry may stand for, the likeliest first; none if it cannot be decoded.
 *
 * S3 shows text that is not US-ASCII as encoded words (RFC 2047). Clients send UTF-8, and S3 takes each of its bytes for a
 * character of ISO 8859-1, which it encodes once more. So the words may stand for the text, or for its bytes. Only KMS can
 * say which: the one that it knows as the encryption context.
 */
export function textsOf(shown: string): readonly string[] {
  const text = shown.startsWith('=?') ? decodedWords(shown) : shown;
  if (text === undefined) return [];
  const fromBytes = textOfBytes(text);
  return fromBytes === undefined || fromBytes === text ? [text] : [fromBytes, text];
}

/** Characters may be divided between words, so bytes are put together before they are read. */
function decodedWords(shown: string): string | undefined {
  const words = shown.split(/\s+/).map(word => WORD.exec(word));
  const bytes = words.map(word => word && bytesOf(word[1] ?? '', word[2] ?? ''));
  return bytes.includes(null) ? undefined : utf8(Buffer.concat(bytes.filter(one => one !== null)));
}

function bytesOf(encoding: string, text: string): Buffer {
  if (encoding.toUpperCase() === 'B') return Buffer.from(text, 'base64');
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** The text whose bytes these characters are; `undefined` if they are not the bytes of one. */
function textOfBytes(characters: string): string | undefined {
  return /^[\u0000-\u00ff]*$/.test(characters) ? utf8(Buffer.from(characters, 'latin1')) : undefined;
}

function utf8(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}
