/**
 * User-defined metadata that is not US-ASCII (S3 user guide, "Working with object metadata"): S3 decodes the encoded words
 * of RFC 2047 before it stores a value, and answers a value that is not US-ASCII as such a word.
 */

const WORD = /=\?([\w-]+)\?([BQ])\?([^?]*)\?=/gi;
/** White space between two words is not part of the text (RFC 2047, 6.2). */
const BETWEEN_WORDS = /(=\?[\w-]+\?[BQ]\?[^?]*\?=)\s+(?==\?[\w-]+\?[BQ]\?)/gi;
const CHARSETS: Readonly<Record<string, BufferEncoding>> = {
  'utf-8': 'utf8',
  'us-ascii': 'latin1',
  'iso-8859-1': 'latin1',
};

/** @param value as HTTP carries it: each byte is a character */
export function storedMetadata(value: string): string {
  return value
    .replace(BETWEEN_WORDS, '$1')
    .replace(WORD, (word, charset: string, encoding: string, text: string) => {
      const known = CHARSETS[charset.toLowerCase()];
      if (known === undefined) return word;
      return (encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : fromQ(text)).toString(known);
    });
}

export function shownMetadata(stored: string): string {
  const foreign = stored.replace(/[\u0020-\u007e]/g, '').length;
  if (foreign === 0) return stored;
  const bytes = Buffer.from(stored, 'utf8');
  return foreign * 2 > stored.length
    ? `=?UTF-8?B?${bytes.toString('base64')}?=`
    : `=?UTF-8?Q?${[...bytes].map(toQ).join('')}?=`;
}

function fromQ(text: string): Buffer {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function toQ(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === ' ') return '_';
  return /[A-Za-z0-9!*+/-]/.test(character)
    ? character
    : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
