import { Buffer } from 'node:buffer';

/**
 * How ciphertexts of symmetric KMS keys have begun since 2014: 1, then 1 or 2, then 1, 2 or 3, 0 and 120. AWS calls the ciphertext
 * opaque and does not document this. It is only a hint that a person should look.
 *
 * The expressions below find these beginnings in texts. They have no unbounded repetition, and they look behind only at a
 * character that begins a match, so that a text is read once. In random data, the 40 bits of a beginning occur once in 2^40
 * places. If ordinary data may have the same digits (a list of counts, a telephone number), at least `MORE` bytes must follow.
 */
const HEADERS = ['01', '02'].flatMap(second => ['01', '02', '03'].map(third => `01${second}${third}0078`));

/** A ciphertext has more than 100 bytes, however short the plaintext. */
const MORE = 30;

export const HEADER_BYTES: readonly Buffer[] = HEADERS.map(hex => Buffer.from(hex, 'hex'));

/** Base64 of either alphabet, with a beginning at each of three positions; of a neighbour's character some bits are known. */
const BASE64 = [
  'AQ[EI][BCD]AH[g-j]',
  'E[BC]A[Qgw]B4(?<=[AQgw].{6})',
  'BA[Qg][EIM]Ae[A-P](?<=[AEIMQUYcgkosw048].{7})',
];
const BASE32 = 'AE(?:AQ|BA)[CEG]ADY';

const PAIR = '[0-9a-fA-F]{2}';
const HEX = `010[12]0[123]0078(?:${PAIR}){${MORE}}`;
/** `01:02:02:…` and `0x01, 0x02, …` */
const PAIR_BREAK = String.raw`[\s:,;-]{1,8}(?:0x)?`;
const HEX_PAIRS = `${['01', '0[12]', '0[123]', '00', '78'].join(PAIR_BREAK)}(?:${PAIR_BREAK}${PAIR}){${MORE}}`;

/** The bytes as characters. CBOR puts a byte before numbers above 23. */
const CHARACTERS = '\u0001[\u0001\u0002][\u0001-\u0003]\u0000\u0018?x';
/** The same, escaped: `\u0001` in JSON, `\x01` and `\001` in source text and SQL, `%01` in URLs, `=01` in quoted-printable. */
const ESCAPE = String.raw`\\{1,4}(?:u00|x)?`;
const ESCAPED = `${ESCAPE}0{1,2}1${ESCAPE}0{1,2}[12]${ESCAPE}0{1,2}[123]${ESCAPE}0{1,3}(?:x|${ESCAPE}(?:78|170))`;
const PERCENT = '[%=]01[%=]0[12][%=]0[123][%=]00(?:x|[%=]78)';

export const SIGNS = new RegExp(
  [...BASE64, BASE32, HEX, HEX_PAIRS, CHARACTERS, ESCAPED, PERCENT].join('|'),
  'g',
);

/** What may stand between two numbers: punctuation, and the type of a value in DynamoDB's JSON. */
const PUNCTUATION = String.raw`[\s"'\\:{}[\],;]`;
const TYPED = `(?:N${PUNCTUATION}{1,16})?`;
const BREAK = `${PUNCTUATION}{1,64}${TYPED}`;
const NUMBERS = `1(?<![\\w.-]1)${['', '[12]', '[123]', '0', '120'].join(BREAK)}(?:${BREAK}-?\\d{1,3}){${MORE}}`;
/** `"0":1,"1":2,…`: an array that became an object on its way to JSON. */
const INDEX = String.raw`\d(?<![\w.-]\d)\d{0,3}\\{0,4}"\s?:${PUNCTUATION}{0,16}${TYPED}`;
const MEMBERS = `${['1', '[12]', '[123]', '0', '120'].map(number => INDEX + number).join(BREAK)}(?:${BREAK}${INDEX}-?\\d{1,3}){${MORE}}`;

/** Numbers begin everywhere: these are looked for only in texts that hold what each of their matches does. */
export const NUMBER_SIGNS: readonly { readonly sign: RegExp; readonly holds: RegExp }[] = [
  { sign: new RegExp(NUMBERS, 'g'), holds: /120/ },
  { sign: new RegExp(MEMBERS, 'g'), holds: /"0\\{0,4}"\s?:/ },
];

/** Of these, what is a ciphertext from its first character on. */
export const BEGINS_BASE64 = /^AQ[EI][BCD]AH/;
export const BEGINS_HEX = /^010[12]0[123]0078/;

/** What interrupts the digits of an encoding: ends of lines, plain or escaped, and the backslash before `/` of some writers of JSON. */
export const INTERRUPTIONS =
  /(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n)(?<=[A-Za-z0-9+/_-]{32}(?:\r?\n|(?:\\{1,4}r)?\\{1,4}n))[ \t]{0,16}(?=[A-Za-z0-9+/_=-])|\\{1,4}(?=\/)/g;

/** A list or an object of numbers in a text: as many as the ciphertexts of RSA keys have bytes, twice where they have indexes. */
const MEMBER_PUNCTUATION = String.raw`[\s"'\\:{},;]`;
const MEMBER_TYPED = `(?:N${MEMBER_PUNCTUATION}{1,16})?`;
export const NUMBER_LIST = new RegExp(
  `[[{]${MEMBER_PUNCTUATION}{0,64}${MEMBER_TYPED}-?\\d{1,3}(?:${MEMBER_PUNCTUATION}{1,64}${MEMBER_TYPED}-?\\d{1,3}){255,1023}${MEMBER_PUNCTUATION}{0,64}[\\]}]`,
  'g',
);
