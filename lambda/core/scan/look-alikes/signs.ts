import { Buffer } from 'node:buffer';

/**
 * How bytes lie in a value.
 * - `binary`, `base64` and so on: the value is nothing else
 * - `in-binary`, `in-text`, `in-name`: a part of a longer value, or of the name of a member
 * - `key-name`: a text that names a source key: its reader may ask KMS with that key
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
  | 'in-name'
  | 'key-name'
  | 'number-list'
  | 'number-map'
  | 'number-set';

/**
 * How ciphertexts of symmetric KMS keys have begun since 2014. AWS calls the ciphertext opaque and documents none of
 * this: it is a hint, and decides nothing but that a person should look.
 */
const HEADERS = ['0102020078', '0101020078', '0101010078'].map(hex => Buffer.from(hex, 'hex'));

/**
 * The same beginnings in texts: base64 at each of the three positions in which three bytes may lie, hexadecimal,
 * numbers between commas or in a map, and characters, plain or escaped. Each alternative begins with letters of its own
 * and repeats nothing without a bound, so that a text is looked through once.
 */
const IN_TEXT = new RegExp(
  [
    'AQ(?:ICAH|ECAH|EBAH)[g-j]',
    'E(?:CAg|BAg|BAQ)B4',
    'BA(?:gIAe|QIAe|QEAe)',
    '010(?:202|102|101)0078[0-9a-fA-F]{60}',
    String.raw`1,\s{0,12}[12],\s{0,12}[12],\s{0,12}0,\s{0,12}120\b`,
    String.raw`"0\\{0,4}":\s?1,\s{0,12}\\{0,4}"1\\{0,4}":\s?[12],\s{0,12}\\{0,4}"2\\{0,4}":\s?[12],\s{0,12}\\{0,4}"3\\{0,4}":\s?0,\s{0,12}\\{0,4}"4\\{0,4}":\s?120\b`,
    String.raw`\\u0001\\u000[12]\\u000[12]\\u0000x`,
    String.raw`\\x01\\x0[12]\\x0[12]\\(?:x00|0)x`,
    '\u0001[\u0001\u0002][\u0001\u0002]\u0000x',
  ].join('|'),
  'g',
);

/** Shorter than the 5 bytes of a header, a text tells nothing. */
const MIN_TEXT = 7;

export interface Sign {
  readonly form: LookAlikeForm;
  /** How often it was seen in the value; more than `most` are not counted. */
  readonly times: number;
}

/** The source keys as texts name them. */
export interface KeyNames {
  /** Key ids: a key ARN holds one as well. */
  readonly ids: readonly string[];
  /** Alias ARNs and names, which a longer one may begin with. */
  readonly aliases: ReadonlySet<string>;
}

/** Whether a text names a source key. */
export function namesKey(text: string, { ids, aliases }: KeyNames): boolean {
  return aliases.has(text) || ids.some(id => text.length >= id.length && text.includes(id));
}

/** What a value of bytes shows. `lengths`: of ciphertexts without a header, those of RSA keys. */
export function signInBytes(bytes: Uint8Array, lengths: ReadonlySet<number>, most: number): Sign | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (lengths.has(buffer.length) || HEADERS.some(header => buffer.subarray(0, header.length).equals(header)))
    return { form: 'binary', times: 1 };
  // A character for each byte: texts within bytes, and the bytes themselves, are found in one go.
  const sign = signInText(buffer.toString('latin1'), lengths, most);
  if (sign === undefined) return undefined;
  return WHOLE.has(sign.form)
    ? { form: 'base64-in-binary', times: 1 }
    : { form: 'in-binary', times: sign.times };
}

const WHOLE: ReadonlySet<LookAlikeForm> = new Set<LookAlikeForm>(['base64', 'base64-unpadded']);

/** What a text shows. */
export function signInText(text: string, lengths: ReadonlySet<number>, most: number): Sign | undefined {
  if (text.length < MIN_TEXT) return undefined;
  let times = 0;
  let first = -1;
  IN_TEXT.lastIndex = 0;
  for (let match = IN_TEXT.exec(text); match !== null && times < most; match = IN_TEXT.exec(text)) {
    if (times === 0) first = match.index;
    times++;
  }
  const form = formOf(text);
  if (times > 0)
    return first === 0 && form !== undefined && BEGINS.test(text)
      ? { form, times: 1 }
      : { form: 'in-text', times };
  if (form === undefined) return undefined;
  return signInEncoded(text, form, { lengths, most });
}

/** Of the alternatives above, those that are a ciphertext from its first byte on. */
const BEGINS = /^(?:AQ(?:ICAH|ECAH|EBAH)|010(?:202|102|101)0078)/;

/** A text that is base64 or hexadecimal as a whole may encode something that holds a ciphertext, JSON for one. */
function signInEncoded(
  text: string,
  form: LookAlikeForm,
  { lengths, most }: { readonly lengths: ReadonlySet<number>; readonly most: number },
): Sign | undefined {
  const bytes = Buffer.from(text, form === 'hex' ? 'hex' : 'base64');
  if (lengths.has(bytes.length)) return { form, times: 1 };
  if (!isText(bytes)) return undefined;
  const inner = signInText(bytes.toString('latin1'), lengths, most);
  return inner && { form: 'in-encoded-text', times: inner.times };
}

/** The form of a text that is nothing but an encoding of bytes. */
function formOf(text: string): LookAlikeForm | undefined {
  if (/^(?:[0-9a-f]{2})+$|^(?:[0-9A-F]{2})+$/.test(text)) return 'hex';
  const padded = text.endsWith('=') || text.length % 4 === 0;
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return padded ? 'base64' : 'base64-unpadded';
  if (/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return padded ? 'base64url' : 'base64url-unpadded';
  const wrapped = /^[A-Za-z0-9+/\r\n\t ]+(?:={1,2}[\r\n\t ]*)?$/.test(text) && /[\r\n]/.test(text);
  return wrapped ? 'base64-wrapped' : undefined;
}

/** Numbers that may be bytes, signed or not. */
export function signInNumbers(
  numbers: readonly number[],
  form: 'number-list' | 'number-map',
): Sign | undefined {
  for (let at = numbers.indexOf(1); at !== -1; at = numbers.indexOf(1, at + 1)) {
    const [, second = 0, third = 0, fourth, fifth] = numbers.slice(at, at + 5);
    if ([1, 2].includes(second) && [1, 2].includes(third) && fourth === 0 && fifth === 120)
      return { form, times: 1 };
  }
  return undefined;
}

/**
 * A set keeps neither order nor repetitions. A ciphertext of 152 bytes or more has about 115 different ones, and 64 in
 * all likelihood; sets of so many numbers that are all bytes are rare.
 */
const MIN_DIFFERENT_BYTES = 64;

export function isSetOfBytes(numbers: readonly string[]): boolean {
  return (
    numbers.length >= MIN_DIFFERENT_BYTES &&
    numbers.length <= 256 &&
    numbers.every(text => /^-?\d{1,3}$/.test(text) && Number(text) >= -128 && Number(text) <= 255)
  );
}

/** Whether decoded bytes may be a text: the first ones are printable, as of compressed and encrypted ones they almost never are. */
function isText(buffer: Buffer): boolean {
  return buffer
    .subarray(0, 16)
    .every(byte => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
