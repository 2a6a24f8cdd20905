import { Buffer } from 'node:buffer';
import { decodeRun, decompress, encodedRuns, isHexadecimal } from './decoded.ts';
import {
  BEGINS_BASE64,
  BEGINS_HEX,
  HEADER_BYTES,
  INTERRUPTIONS,
  NUMBER_LIST,
  NUMBER_SIGNS,
  SIGNS,
} from './patterns.ts';

/**
 * How bytes lie in a value.
 * - `binary`, `base64` and so on: the value is nothing else
 * - `in-binary`, `in-text`, `in-name`: a part of a longer value, or of the name of a member
 * - `in-encoded-text`, `in-compressed`: in what base64, hexadecimal, gzip or zlib hold, once or more than once
 * - `key-name`: a value that names a source key: its reader may ask KMS with that key
 * - `number-list`, `number-map`, `number-set`: a number for each byte, as some mappers write them
 */
export type LookAlikeForm =
  | 'binary'
  | 'base64'
  | 'base64-unpadded'
  | 'base64url'
  | 'base64url-unpadded'
  | 'base64-wrapped'
  | 'hex'
  | 'base64-in-binary'
  | 'in-binary'
  | 'in-text'
  | 'in-encoded-text'
  | 'in-compressed'
  | 'in-name'
  | 'key-name'
  | 'number-list'
  | 'number-map'
  | 'number-set';

export interface Sign {
  readonly form: LookAlikeForm;
  /** How often it was seen in the value; more than `most` are not counted. */
  readonly times: number;
}

interface Sought {
  /** Of ciphertexts without a beginning of their own, those of RSA keys. */
  readonly lengths: ReadonlySet<number>;
  readonly most: number;
  /** Encodings around what is looked at. */
  readonly depth: number;
  /** One of them compresses: others that do are not undone, as each may multiply the work. */
  readonly unpacked: boolean;
}

/** A text shorter than the 5 bytes of a beginning says nothing. */
const MIN_TEXT = 7;
/** Each encoding is longer than its content, so the total work is a few times the length of the value. */
const MAX_DEPTH = 6;

/** What a value of bytes shows. `lengths`: of ciphertexts without a beginning of their own, those of RSA keys. */
export function signInBytes(bytes: Uint8Array, lengths: ReadonlySet<number>, most: number): Sign | undefined {
  return inBytes(bytes, { lengths, most, depth: 0, unpacked: false });
}

/** What a text shows. */
export function signInText(text: string, lengths: ReadonlySet<number>, most: number): Sign | undefined {
  return inText(text, { lengths, most, depth: 0, unpacked: false });
}

function inBytes(bytes: Uint8Array, sought: Sought): Sign | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    sought.lengths.has(buffer.length) ||
    HEADER_BYTES.some(header => buffer.subarray(0, header.length).equals(header))
  )
    return { form: 'binary', times: 1 };
  // With one character per byte, texts within bytes and the bytes themselves are found in one pass.
  const sign = inText(buffer.toString('latin1'), sought);
  if (sign === undefined) return inCompressed(buffer, sought);
  return WHOLE.has(sign.form)
    ? { form: 'base64-in-binary', times: 1 }
    : { form: 'in-binary', times: sign.times };
}

const WHOLE: ReadonlySet<LookAlikeForm> = new Set<LookAlikeForm>(['base64', 'base64-unpadded']);

function inCompressed(bytes: Buffer, sought: Sought): Sign | undefined {
  const unpacked = sought.unpacked ? undefined : decompress(bytes);
  if (unpacked === undefined) return undefined;
  const inside = inBytes(unpacked, { ...sought, depth: sought.depth + 1, unpacked: true });
  return inside && { form: 'in-compressed', times: inside.times };
}

function inText(text: string, sought: Sought): Sign | undefined {
  if (text.length < MIN_TEXT) return undefined;
  const joined = joinedLines(text);
  const times = signsIn(joined, sought.most);
  if (times > 0) return wholeCiphertext(text, joined) ?? { form: 'in-text', times };
  return inLists(joined, sought) ?? inRuns(text, joined, sought);
}

function joinedLines(text: string): string {
  return text.includes('\n') || text.includes('\\') ? text.replace(INTERRUPTIONS, '') : text;
}

function signsIn(text: string, most: number): number {
  const times = occurrences(SIGNS, text, most);
  if (times > 0) return times;
  for (const { sign, holds } of NUMBER_SIGNS) {
    const numbers = holds.test(text) ? occurrences(sign, text, most) : 0;
    if (numbers > 0) return numbers;
  }
  return 0;
}

function occurrences(sign: RegExp, text: string, most: number): number {
  let times = 0;
  sign.lastIndex = 0;
  while (times < most && sign.test(text)) times++;
  return times;
}

/** A text that is a ciphertext from its first character to its last. */
function wholeCiphertext(text: string, joined: string): Sign | undefined {
  const isHex = BEGINS_HEX.test(joined);
  if (!isHex && !BEGINS_BASE64.test(joined)) return undefined;
  const form = formOf(text);
  return form === undefined || isHex !== (form === 'hex') ? undefined : { form, times: 1 };
}

/** Ciphertexts of RSA keys have no characteristic beginning, so as lists of numbers they are recognised by their length. */
function inLists(text: string, { lengths }: Sought): Sign | undefined {
  if (lengths.size === 0) return undefined;
  for (const [list] of text.matchAll(NUMBER_LIST)) {
    const numbers = list.match(/\d+/g)?.length ?? 0;
    if (lengths.has(list.includes(':') && !list.includes('N') ? numbers / 2 : numbers))
      return { form: 'in-text', times: 1 };
  }
  return undefined;
}

/** Runs of digits may be the bytes, or encode something that holds them. */
function inRuns(text: string, joined: string, sought: Sought): Sign | undefined {
  if (sought.depth >= MAX_DEPTH) return undefined;
  for (const run of encodedRuns(joined)) {
    const bytes = decodeRun(run);
    if (sought.lengths.has(bytes.length)) {
      const isWhole = run.length === joined.replace(/[=\s]{1,4}$/, '').length;
      return { form: (isWhole ? formOf(text) : undefined) ?? 'in-text', times: 1 };
    }
    const inside = inBytes(bytes, { ...sought, depth: sought.depth + 1 });
    if (inside !== undefined) return { form: 'in-encoded-text', times: inside.times };
  }
  return undefined;
}

/** The form of a text that is nothing but an encoding of bytes. */
function formOf(text: string): LookAlikeForm | undefined {
  if (text.length % 2 === 0 && isHexadecimal(text)) return 'hex';
  const padded = text.endsWith('=') || text.length % 4 === 0;
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return padded ? 'base64' : 'base64-unpadded';
  if (/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return padded ? 'base64url' : 'base64url-unpadded';
  const wrapped = /^[A-Za-z0-9+/\r\n\t ]+(?:={1,2}[\r\n\t ]*)?$/.test(text) && /[\r\n]/.test(text);
  return wrapped ? 'base64-wrapped' : undefined;
}
