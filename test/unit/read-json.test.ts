import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readJson } from '../../lib/jobs/read-json.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-json-'));
const file = join(folder, 'job.json');
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string | Uint8Array): ReturnType<typeof readJson> {
  writeFileSync(file, content);
  return readJson(file);
}

function words(content: string | Uint8Array): string {
  const found = read(content);
  return found.kind === 'value' ? 'is read' : found.words;
}

const utf16 = (order: 'le' | 'be', text: string): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
};

describe('a JSON file is refused with line, column and cure, if it', () => {
  it.each<readonly [string, string | Uint8Array, string]>([
    [
      'begins with a byte order mark',
      '\ufeff{}',
      'line 1, column 1: begins with a byte order mark; save it as UTF-8 without one',
    ],
    ['is UTF-16, little end first', utf16('le', '{}'), 'line 1, column 1: is UTF-16; save it as UTF-8'],
    ['is UTF-16, big end first', utf16('be', '{}'), 'line 1, column 1: is UTF-16; save it as UTF-8'],
    [
      'has bytes that are no UTF-8',
      Buffer.from('{\n "a": "\xff" }', 'latin1'),
      'line 2, column 8: has a byte that is no UTF-8; save it as UTF-8',
    ],
    [
      'has a comment to the end of a line',
      '{\n  // of mine\n}',
      'line 2, column 3: has a comment, which JSON has not; remove it',
    ],
    ['has a comment within', '{ /* of\nmine */ }', 'line 1, column 3: has a comment'],
    [
      'has a comma before a brace',
      '{ "a": 1,\n}',
      'line 1, column 9: has a comma with nothing after it; remove it',
    ],
    ['has a comma before a bracket', '[1,\n\n 2 , ]', 'line 3, column 4: has a comma with nothing after it'],
    ['has a comma and a comment', '[1, // one\n]', 'line 1, column 5: has a comment'],
    ['lacks a comma', '{ "a": 1\n  "b": 2 }', 'line 2, column 3: lacks a comma before this'],
    [
      'has a name without quotes',
      '{ 1: 2 }',
      'line 1, column 3: has something else where a name in double quotes belongs',
    ],
    ['has a bare word for a name', '{ a: 1 }', 'line 1, column 3: has what JSON does not know'],
    ['lacks a colon', '{ "a" 1 }', 'line 1, column 7: lacks a colon before this'],
    ['lacks a value', '{ "a": }', 'line 1, column 8: lacks a value here'],
    ['has a word that is no value', '{ "a": yes }', 'line 1, column 8: has what JSON does not know'],
    ['has single quotes', "{ 'a': 1 }", 'line 1, column 3: has what JSON does not know'],
    ['ends too soon', '{ "a": [1', 'line 1, column 10: ends before its last ] or }'],
    ['ends within a string', '{ "a": "b', 'line 1, column 8: has a string without an end'],
    ['has an escape that is none', String.raw`{ "a": "\x" }`, 'line 1, column 8: has an escape'],
    ['is empty', '', 'line 1, column 1: is empty; write one JSON object'],
    ['has more behind its end', '{}\n{}', 'line 2, column 1: goes on after its end'],
    [
      'has two members of one name',
      '{ "a": 1,\n "b": { "c": 1, "c": 1 } }',
      'line 2, column 17: has a second member named "c"; remove one of them',
    ],
    [
      'has two members of one name, in a list',
      '[{},\r\n{"a":1,"\\u0061":2}]',
      'line 2, column 8: has a second member',
    ],
  ])('%s', (_name, content, expected) => expect(words(content)).toContain(expected));

  it('is too large to be a job', () =>
    expect(words('['.repeat(2 ** 20 + 1))).toContain('is larger than 1 MB (1048577 bytes)'));

  it('is not there', () => expect(readJson(join(folder, 'none.json'))).toMatchObject({ kind: 'refused' }));

  it('is nested deeper than anything is', () =>
    expect(words(`${'['.repeat(300_000)}${']'.repeat(300_000)}`)).toContain('is nested too deeply'));
});

it('every JSON text is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
      const value: unknown = JSON.parse(text);
      expect(read(JSON.stringify(value, null, indent))).toEqual({ kind: 'value', value });
    }),
    { numRuns: 200 },
  );
});

it('whatever a text is, it is read as JSON.parse reads it, or refused', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '1',
    '01',
    '-',
    '1e5',
    'null',
    '//',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), parts => {
      const text = parts.join('');
      const found = read(text);
      if (found.kind === 'value') expect(found.value).toEqual(JSON.parse(text));
      else expect(found.words).toMatch(/^line \d+, column \d+: /);
    }),
    { numRuns: 2_000 },
  );
});
