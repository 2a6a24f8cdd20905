import fc from 'fast-check';
import { valueEncoding, type ValueEncodingName } from '../../lambda/formats/value-encoding.ts';
import {
  decodeText,
  encodeText,
  TEXT_ENCODINGS,
  type TextEncoding,
} from '../../lambda/formats/text-encoding.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
const buffer = (of: Uint8Array): Buffer => Buffer.from(of);
const unpadded = (text: string): string => text.replace(/=+$/, '');
const padded = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');

/** How other software writes bytes, and the encoding that a job names for it. */
const WRITERS: readonly (readonly [string, TextEncoding, (of: Uint8Array) => string])[] = [
  ['padded base64', 'base64', of => buffer(of).toString('base64')],
  ['unpadded base64', 'base64-unpadded', of => unpadded(buffer(of).toString('base64'))],
  ['padded URL-safe base64', 'base64url', of => padded(buffer(of).toString('base64url'))],
  ['unpadded URL-safe base64', 'base64url-unpadded', of => buffer(of).toString('base64url')],
  ['lower-case hex', 'hex', of => buffer(of).toString('hex')],
];

describe.each(WRITERS)('%s', (_, encoding, write) => {
  it('is read, and written back in its own form, byte for byte', () => {
    fc.assert(
      fc.property(bytes, bytes, (before, after) => {
        const text = write(before);
        expect(decodeText(text, encoding)).toEqual({ ciphertext: buffer(before) });
        expect(encodeText(before, encoding, text)).toBe(text);
        expect(encodeText(after, encoding, text)).toBe(write(after));
      }),
    );
  });
});

describe('a text', () => {
  it('keeps its padding, or its lack of padding, whatever the job says if the text does not show it', () => {
    const [one, two] = [Buffer.from('a'), Buffer.from('bc')];
    expect(encodeText(two, 'base64', unpadded(one.toString('base64')))).toBe('YmM');
    expect(encodeText(two, 'base64-unpadded', one.toString('base64'))).toBe('YmM=');
  });

  it('keeps upper-case hex', () => expect(encodeText(Buffer.from([0xab]), 'hex', 'FF')).toBe('AB'));

  it.each([
    ['base64', 'a-b_'],
    ['base64url', 'a+b/'],
    ['base64', 'YWJj\nZGVm'],
    ['base64', 'YWJjZ'],
    ['base64', 'YW=='.concat('=')],
    ['base64', 'YX=='],
    ['base64', 'data:application/octet-stream;base64,YWJj'],
    ['hex', 'aB'],
    ['hex', 'abc'],
    ['hex', '0x00'],
  ] as const)('that is no %s is not read as such: %j', (encoding, text) =>
    expect(decodeText(text, encoding)).toHaveProperty('reason'),
  );

  it('is never read as bytes that would be written as another text', () => {
    const text = fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[0-9a-fA-F=_+/-]*$/));
    fc.assert(
      fc.property(text, fc.constantFrom(...TEXT_ENCODINGS), (of, encoding) => {
        const read = decodeText(of, encoding);
        if ('ciphertext' in read) expect(encodeText(read.ciphertext, encoding, of)).toBe(of);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('base64 text in binary', () => {
  const encoding: ValueEncodingName = 'base64-in-binary';
  it('is read and written back as such', () => {
    fc.assert(
      fc.property(bytes, bytes, (before, after) => {
        const held = { B: Buffer.from(buffer(before).toString('base64')) };
        expect(valueEncoding(encoding).decode(held)).toEqual({ ciphertext: buffer(before) });
        expect(valueEncoding(encoding).encode(after, held)).toEqual({
          B: Buffer.from(buffer(after).toString('base64')),
        });
      }),
    );
  });
});
