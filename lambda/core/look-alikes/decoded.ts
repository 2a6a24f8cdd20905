import { Buffer } from 'node:buffer';
import { unzipSync } from 'node:zlib';

/** The number of digits of 96 bytes in base64. A ciphertext has more. */
const LEAST_DIGITS = 128;
const DIGIT = new Set(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_'));
const DIGITS = /[A-Za-z0-9+/_-]*/y;

/**
 * Runs of base64 or hexadecimal digits that are long enough to contain an encoded ciphertext. Every such run has a digit at a
 * multiple of the minimum length, so only few characters of other texts have to be looked at.
 */
export function* encodedRuns(text: string): Generator<string> {
  let end = 0;
  for (let at = LEAST_DIGITS - 1; at < text.length; at += LEAST_DIGITS) {
    if (at < end || !DIGIT.has(text.charCodeAt(at))) continue;
    let start = at;
    while (start > end && DIGIT.has(text.charCodeAt(start - 1))) start--;
    DIGITS.lastIndex = at;
    end = at + (DIGITS.exec(text)?.[0].length ?? 0);
    if (end - start >= LEAST_DIGITS) yield text.slice(start, end);
  }
}

/** The bytes that a run of digits stands for: hexadecimal if it has no other digits, else base64 of either alphabet. */
export function decodeRun(digits: string): Buffer {
  return /^[0-9a-f]+$|^[0-9A-F]+$/.test(digits) ? Buffer.from(digits, 'hex') : Buffer.from(digits, 'base64');
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
