import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { printParseErrorCode, visit } from 'jsonc-parser';

export type JsonRead =
  | { readonly kind: 'value'; readonly value: unknown }
  /** "line 2, column 3: what is wrong; what to do". */
  | { readonly kind: 'refused'; readonly words: string };

/** A job with a thousand stores has less. */
const MOST_BYTES = 1024 ** 2;

/**
 * Reads a JSON file that a person wrote. It takes what JSON.parse takes (RFC 8259), but for members of the same name: JSON.parse
 * keeps the last of them without a word.
 */
export function readJson(path: string): JsonRead {
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES)
      return refused(`is larger than 1 MB (${size} bytes), which no such file is; name another one`);
    return readBytes(readFileSync(path));
  } catch (error) {
    return refused(`cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function readBytes(bytes: Buffer): JsonRead {
  const wrong = encodingProblem(bytes);
  if (wrong !== undefined) return refused(wrong);
  const text = bytes.toString('utf8');
  const problem = text.trim() === '' ? EMPTY : firstProblem(text);
  if (problem !== undefined) return refused(`${placeIn(text, problem.offset)}: ${problem.words}`);
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return refused(`${placeIn(text, 0)}: is no JSON (${(error as Error).message}); write one JSON object`);
  }
}

function refused(words: string): JsonRead {
  return { kind: 'refused', words };
}

function encodingProblem(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return 'line 1, column 1: is UTF-16; save it as UTF-8';
  if (!isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    const same = Buffer.from(text).findIndex((byte, index) => byte !== bytes[index]);
    const before = bytes.subarray(0, same).toString('utf8');
    return `${placeIn(before, before.length)}: has a byte that is no UTF-8; save it as UTF-8`;
  }
  return bytes.toString('utf8', 0, 3) === '\ufeff'
    ? 'line 1, column 1: begins with a byte order mark; save it as UTF-8 without one'
    : undefined;
}

/** What jsonc-parser calls it. */
type Grammar = ReturnType<typeof printParseErrorCode>;

interface JsonProblem {
  readonly offset: number;
  readonly words: string;
}

const EMPTY: JsonProblem = { offset: 0, words: 'is empty; write one JSON object' };

/** What is wrong first: with the grammar, or if nothing is, with the names of members. */
function firstProblem(text: string): JsonProblem | undefined {
  const found: { grammar?: JsonProblem; names?: JsonProblem } = {};
  const objects: Set<string>[] = [];
  let comma = 0;
  const read = { onObjectBegin: () => void objects.push(new Set()), onObjectEnd: () => void objects.pop() };
  try {
    visit(
      text,
      {
        ...read,
        onSeparator: (_, offset) => (comma = offset),
        onObjectProperty: (name, offset) => {
          if (objects.at(-1)?.has(name) === true) found.names ??= { offset, words: twice(name) };
          objects.at(-1)?.add(name);
        },
        onError: (code, offset) =>
          (found.grammar ??= grammarProblem(text, { code: printParseErrorCode(code), offset, comma })),
      },
      { disallowComments: true, allowTrailingComma: false },
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { offset: 0, words: 'is nested too deeply; write fewer levels' };
  }
  return found.grammar ?? found.names;
}

function twice(name: string): string {
  return `has a second member named ${JSON.stringify(name)}; remove one of them`;
}

const WORDS: Readonly<Record<Grammar, string>> = {
  InvalidSymbol:
    'has what JSON does not know; write a string in double quotes, a number, true, false, null, {…} or […]',
  InvalidNumberFormat: 'has a number that JSON does not know; write it as 12, -3 or 4.5',
  PropertyNameExpected: 'has something else where a name in double quotes belongs',
  ValueExpected: 'lacks a value here',
  ColonExpected: 'lacks a colon before this',
  CommaExpected: 'lacks a comma before this',
  CloseBraceExpected: 'ends before its last ] or }',
  CloseBracketExpected: 'ends before its last ] or }',
  EndOfFileExpected: 'goes on after its end; write one JSON object',
  InvalidCommentToken: 'has a comment, which JSON has not; remove it',
  UnexpectedEndOfComment: 'has a comment without an end; remove it',
  UnexpectedEndOfString: 'has a string without an end; close it with a double quote',
  UnexpectedEndOfNumber: 'has a number that breaks off',
  InvalidUnicode: 'has an escape that JSON does not know; write \\u and four hexadecimal digits',
  InvalidEscapeCharacter: 'has an escape that JSON does not know; write a backslash as two',
  InvalidCharacter: 'has a control character in a string; write it as \\u and four hexadecimal digits',
  '<unknown ParseErrorCode>': 'is no JSON; write one JSON object',
};

function grammarProblem(
  text: string,
  { code, offset, comma }: { readonly code: Grammar; readonly offset: number; readonly comma: number },
): JsonProblem {
  const nothing = code === 'PropertyNameExpected' || code === 'ValueExpected';
  if (nothing && text[comma] === ',' && /^\s*[\]}]/.test(text.slice(comma + 1, offset + 1)))
    return { offset: comma, words: 'has a comma with nothing after it; remove it' };
  return { offset, words: offset >= text.length ? WORDS.CloseBraceExpected : WORDS[code] };
}

/** "line 2, column 3", each from 1, as editors count them. */
function placeIn(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
