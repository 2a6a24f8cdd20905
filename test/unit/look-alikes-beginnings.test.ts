import fc from 'fast-check';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { lookingFor } from '../../lambda/core/look-alikes/look-alikes.ts';
import { placeText } from '../../lambda/core/places/pattern.ts';
import { item } from '../support/builders.ts';

/** As ciphertexts of KMS have begun: in base64 AQEB, AQEC, AQED, AQIB, AQIC and AQID, each with AH behind. */
const BEGINNINGS = ['010101', '010102', '010103', '010201', '010202', '010203'].map(first => `${first}0078`);
const REST = Buffer.from(Array.from({ length: 179 }, (_, index) => (index * 73 + 31) % 256));
const beginning = (header: string): Buffer => Buffer.concat([Buffer.from(header, 'hex'), REST]);
const numbers = (bytes: Iterable<number>): AttributeValue[] => [...bytes].map(one => ({ N: String(one) }));
const pairs = (bytes: Buffer, before = ''): string[] =>
  [...bytes].map(byte => before + byte.toString(16).padStart(2, '0'));
const look = lookingFor({ declared: [], ignore: [] });
const seen = (value: AttributeValue): readonly (readonly [string, string])[] =>
  look(item('x', { held: value })).map(({ path, form }) => [placeText(path), form]);

describe('a ciphertext of KMS', () => {
  it('is found anywhere in a text or in bytes, in longer base64 as well', () => {
    const around = fc.uint8Array({ maxLength: 600 });
    fc.assert(
      fc.property(around, around, fc.constantFrom(...BEGINNINGS), (before, after, header) => {
        const bytes = Buffer.concat([before, beginning(header), after]);
        const text = bytes.toString('base64');
        for (const value of [
          { B: bytes },
          { S: text },
          { S: bytes.toString('hex') },
          { S: JSON.stringify({ text }) },
          { L: numbers(bytes) },
        ])
          expect(seen(value)).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(BEGINNINGS)('is found with the beginning %s, however it is written', header => {
    const bytes = beginning(header);
    const whole = [
      [{ B: bytes }, 'binary'],
      [{ S: bytes.toString('base64') }, 'base64'],
      [{ S: bytes.toString('hex') }, 'hex'],
      [{ L: numbers(bytes) }, 'number-list'],
      [{ M: Object.fromEntries(numbers(bytes).entries()) }, 'number-map'],
    ] as const;
    for (const [value, form] of whole) expect(seen(value)).toEqual([['held', form]]);
    const escaped = [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    const inText = [
      bytes.toString('latin1'),
      JSON.stringify(bytes.toString('latin1')),
      escaped,
      pairs(bytes).join(':'),
      pairs(bytes, '%').join(''),
      JSON.stringify(bytes),
      JSON.stringify(new Uint8Array(bytes)),
      `v1.${bytes.toString('base64')}.x`,
    ];
    for (const text of inText) expect(seen({ S: text })).toEqual([['held', 'in-text']]);
  });

  it('is found in what KMS returned in its first years: a name of the key, its length, and the ciphertext', () => {
    const older = Buffer.concat([
      ...[Buffer.from('0a20', 'hex'), REST.subarray(0, 32)],
      ...[Buffer.from('12a701', 'hex'), beginning('0101030078')],
    ]);
    expect(seen({ B: older })).toEqual([['held', 'in-binary']]);
    expect(seen({ S: older.toString('base64') })).toEqual([['held', 'in-text']]);
  });

  it('is found in longer base64 with each beginning, wherever it begins', () => {
    for (const header of BEGINNINGS)
      for (let before = 0; before < 3; before++) {
        const longer = Buffer.concat([Buffer.alloc(before, 0xe7), beginning(header)]);
        expect(seen({ S: longer.toString('base64') })).toHaveLength(1);
      }
  });
});
