import { Buffer } from 'node:buffer';
import { unzipSync } from 'node:zlib';

/** The number of digits of 96 bytes in base64. A ciphertext has more. */
const LEAST_DIGITS = 128;
const DIGITS = charactersIn('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_');
const LOWER_HEX = charactersIn('0123456789abcdef');
const UPPER_HEX = charactersIn('0123456789ABCDEF');

/**
 * Runs of base64 or hexadecimal digits that are long enough to contain an encoded ciphertext. Every such run has a digit at a
 * multiple of the minimum length, so only few characters of other texts have to be looked at.
 */
export function* encodedRuns(text: string): Generator<string> {
  let end = 0;
  for (let at = LEAST_DIGITS - 1; at < text.length; at += LEAST_DIGITS) {
    if (at < end || !DIGITS[text.charCodeAt(at)]) continue;
    let start = at;
    while (start > end && DIGITS[text.charCodeAt(start - 1)]) start--;
    end = endOfRun(text, DIGITS, at);
    if (end - start >= LEAST_DIGITS) yield text.slice(start, end);
  }
}

/** The bytes that a run of digits stands for: hexadecimal if it has no other digits, else base64 of either alphabet. */
export function decodeRun(digits: string): Buffer {
  return Buffer.from(digits, isHexadecimal(digits) ? 'hex' : 'base64');
}

/** Digits of one case and no others. */
export function isHexadecimal(text: string): boolean {
  return endOfRun(text, LOWER_HEX, 0) === text.length || endOfRun(text, UPPER_HEX, 0) === text.length;
}

/** Characters by their code: reading a text by a table takes no stack, while a regular expression may run out of its own. */
type Characters = Readonly<Uint8Array>;

function charactersIn(text: string): Characters {
  const table = new Uint8Array(128);
  for (const code of Buffer.from(text)) table[code] = 1;
  return table;
}

/** Where the characters end that follow each other from a position on. */
function endOfRun(text: string, characters: Characters, from: number): number {
  let end = from;
  while (characters[text.charCodeAt(end)]) end++;
  return end;
}

/** A ciphertext does not get shorter when it is compressed. */
const LEAST_BYTES = 100;
/** Text compresses to a fifth or a tenth. What compresses much better does not contain a ciphertext, or is an attack. */
const MOST_TIMES = 32;

/** What gzip or zlib has compressed; `undefined` for other bytes, and for what has more than 32 times their length. */
export function decompress(bytes: Buffer): Buffer | undefined {
  if (bytes.length < LEAST_BYTES || !isCompressed(bytes)) return undefined;
  try {
    return unzipSync(bytes, { maxOutputLength: MOST_TIMES * bytes.length });
  } catch {
    return undefined;
  }
}

/** RFC 1952: 1f 8b 08. RFC 1950: 78 and a check of both bytes by 31, without a dictionary. */
function isCompressed(bytes: Buffer): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0x1f) return second === 0x8b && third === 0x08;
  return first === 0x78 && (first * 256 + second) % 31 === 0 && (second & 0x20) === 0;
}
