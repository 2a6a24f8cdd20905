import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { cannotHold, openDocument } from '../../lambda/core/documents/open-document.ts';
import type { AttributeValue } from '../../lambda/core/model/record.ts';
import { expectPlacesToBeReplaceable, leaves, opened, textOf } from '../support/documents.ts';

const bytes = fc.uint8Array({ maxLength: 100 }).map(one => Buffer.from(one));
const refusal = (reason: RegExp): unknown => ({
  kind: 'no-document',
  reason: expect.stringMatching(reason) as unknown,
});

describe('base64 of bytes', () => {
  const writers = [
    ['base64', (of: Buffer) => of.toString('base64')],
    ['base64', (of: Buffer) => of.toString('base64').replace(/=+$/, '')],
    ['base64url', (of: Buffer) => of.toString('base64url')],
    ['base64url', (of: Buffer) => of.toString('base64').replaceAll('+', '-').replaceAll('/', '_')],
  ] as const;

  it.each(writers)('as %s is shown, and written with the padding that was there', (as, write) => {
    fc.assert(
      fc.property(bytes, bytes, fc.boolean(), (before, after, binary) => {
        const valueOf = (text: string): AttributeValue => (binary ? { B: Buffer.from(text) } : { S: text });
        const value = valueOf(write(before));
        const document = opened(value, { as });
        expect(document.root).toEqual({ B: before });
        expect(document.replaced([])).toEqual(value);
        expect(document.replaced([{ path: [], after: { B: before } }])).toEqual(value);
        // A length of whole quadruples shows no padding.
        fc.pre(before.length % 3 !== 0 || after.length % 3 === 0);
        const changed = document.replaced([{ path: [], after: { B: after } }]);
        expect(changed).toEqual(valueOf(write(after)));
        const back = { path: [], after: { B: before }, written: document.written([])! };
        expect(opened(changed, { as }).replaced([back])).toEqual(value);
      }),
    );
  });

  it.each(['YW=', 'YX==', 'YWJj\n', 'a-b_', 'a+b/c', '=', 'data:,YWJj'])(
    'is not what %j is in either alphabet, or in one of them',
    text => {
      const kinds = (['base64', 'base64url'] as const).map(as => openDocument({ S: text }, { as }).kind);
      expect(kinds).toContain('no-document');
    },
  );

  it.each<AttributeValue>([{ N: '1' }, { L: [] }, { BS: [Buffer.from('YWJj')] }, { B: Buffer.from([0xff]) }])(
    'does not lie in %j',
    value => expect(openDocument(value, { as: 'base64' })).toEqual(refusal(/./)),
  );

  it('takes nothing but bytes, in one place, and source text that says them', () => {
    const document = opened({ S: 'YWJj' }, { as: 'base64' });
    const B = Buffer.from('x');
    expect(() => document.replaced([{ path: [], after: { S: 'x' } }])).toThrow(TypeError);
    expect(() => document.replaced([{ path: [], after: undefined }])).toThrow(TypeError);
    expect(() => document.replaced([{ path: ['x'], after: { B } }])).toThrow(TypeError);
    expect(() => document.replaced([{ path: [], after: { B }, written: 'YWJj' }])).toThrow(TypeError);
    const twice = { path: [], after: { B } };
    expect(() => document.replaced([twice, twice])).toThrow(TypeError);
  });
});

describe('a delimited text', () => {
  const by = fc.constantFrom('.', ':', '::', '|', ' - ', 'xyx');

  it('is what split makes of it, and each part is replaced alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1 }),
        by,
        fc.base64String(),
        (parts, separator, part) => {
          const text = parts.join(separator);
          const step = { as: 'delimited', by: separator } as const;
          const { root } = opened({ S: text }, step);
          expect(root).toEqual({ L: text.split(separator).map(S => ({ S })) });
          fc.pre(cannotHold(step, part) === undefined);
          expectPlacesToBeReplaceable({ S: text }, step, { S: part });
        },
      ),
    );
  });

  it.each(['a.b', '.', 'a.'])('holds no part %j that contains the separator', part => {
    const document = opened({ S: 'v1.edk.nonce' }, { as: 'delimited', by: '.' });
    expect(() => document.replaced([{ path: [1], after: { S: part } }])).toThrow(TypeError);
  });

  it('holds no part whose end would be taken for the separator', () => {
    const document = opened({ S: 'v1::edk::x' }, { as: 'delimited', by: '::' });
    expect(() => document.replaced([{ path: [1], after: { S: 'a:' } }])).toThrow(TypeError);
  });

  it('cannot be promised to hold an alphabet that its separator is made of', () => {
    const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    expect(cannotHold({ as: 'delimited', by: '--' }, base64url)).toMatch(/separator/);
    expect(cannotHold({ as: 'delimited', by: '-.' }, base64url)).toBeUndefined();
    fc.assert(
      fc.property(by, fc.array(fc.string(), { minLength: 3 }), fc.string(), (separator, parts, part) => {
        const step = { as: 'delimited', by: separator } as const;
        fc.pre(cannotHold(step, part) === undefined);
        const document = opened({ S: parts.join(separator) }, step);
        expect(() => document.replaced([{ path: [1], after: { S: part } }])).not.toThrow();
      }),
    );
  });

  it('is the only kind that may not hold base64', () => {
    const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=';
    for (const as of ['json', 'yaml', 'dotenv', 'ini', 'base64', 'material-description'] as const)
      expect(cannotHold({ as }, base64)).toBeUndefined();
    expect(cannotHold({ as: 'ini' }, 'a\n')).toMatch(/line breaks/);
    expect(cannotHold({ as: 'dotenv' }, '$')).toMatch(/dollar/);
  });

  it.each(['', 'more than eight'])('has no separator %j', separator =>
    expect(openDocument({ S: 'x' }, { as: 'delimited', by: separator })).toEqual(refusal(/separator/)),
  );
});

describe('a material description', () => {
  const STEP = { as: 'material-description' } as const;
  const number = (of: number): Buffer => Buffer.from(Int32Array.of(of).buffer).swap32();
  const text = (of: string): Buffer => Buffer.concat([number(Buffer.byteLength(of)), Buffer.from(of)]);
  const description = (...texts: readonly string[]): AttributeValue => ({
    B: Buffer.concat([number(0), ...texts.map(text)]),
  });
  const vectors = JSON.parse(
    readFileSync('test/vectors/ddbec_py-dynamodb-encryption-sdk-3.3.0.json', 'utf8'),
  ) as { tables: Record<string, { items: Record<string, { B: string }>[] }> };
  const real = Object.values(vectors.tables)
    .flatMap(({ items }) => items)
    .map(item => item['*amzn-ddb-map-desc*'])
    .filter(value => value !== undefined)
    .map(({ B }) => ({ B: Buffer.from(B, 'base64') }));

  it('of the real client holds the data key by its name, and every value can be replaced', () => {
    expect(real.length).toBeGreaterThan(0);
    for (const value of real) {
      const document = opened(value, STEP);
      expect(leaves(document).map(([[name]]) => name)).toContain('amzn-ddb-env-key');
      expectPlacesToBeReplaceable(value, STEP, { S: 'AQIDAHj/ä' });
    }
  });

  it('keeps its order, takes new names at its end, and loses others', () => {
    const value = description('z', '1', '__proto__', '2', 'a', '3');
    const document = opened(value, STEP);
    expect(document.replaced([{ path: ['__proto__'], after: { S: 'two' } }])).toEqual(
      description('z', '1', '__proto__', 'two', 'a', '3'),
    );
    const longer = document.replaced([{ path: ['new'], after: { S: '' } }]);
    expect(longer).toEqual(description('z', '1', '__proto__', '2', 'a', '3', 'new', ''));
    expect(opened(longer, STEP).replaced([{ path: ['new'], after: undefined }])).toEqual(value);
  });

  it('with a name that occurs twice is kept, and the name is closed', () => {
    const value = description('a', '1', 'edk', '2', 'edk', '3');
    const document = opened(value, STEP);
    expect(document.closed).toEqual([{ path: ['edk'], reason: expect.stringMatching(/more than once/) }]);
    expect(() => document.replaced([{ path: ['edk'], after: { S: 'x' } }])).toThrow(TypeError);
    expect(document.replaced([{ path: ['a'], after: { S: '0' } }])).toEqual(
      description('a', '0', 'edk', '2', 'edk', '3'),
    );
  });

  it.each<readonly [string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['another version', number(1)],
    ['half a number', Buffer.concat([number(0), Buffer.from([0, 0])])],
    ['a negative length', Buffer.concat([number(0), number(-1)])],
    ['a length beyond the end', Buffer.concat([number(0), number(0x7fffffff), Buffer.from('abc')])],
    ['a name without a value', Buffer.concat([number(0), text('a')])],
    ['bytes behind its end', Buffer.concat([number(0), text('a'), text('b'), Buffer.from([0])])],
    ['text that is not UTF-8', Buffer.concat([number(0), text('a'), number(1), Buffer.from([0xff])])],
  ])('is not made of %s', (_, B) => expect(openDocument({ B }, STEP)).toEqual(refusal(/./)));

  it('is binary', () => expect(openDocument({ S: '' }, STEP)).toEqual(refusal(/binary/)));
});

describe('a value', () => {
  it('of type B may be any UTF-8, with what stands before and behind, and nothing else', () => {
    const text = '\uFEFF{"edk": "ä"}\r\n';
    const B = Buffer.from(text);
    const changed = opened({ B }, { as: 'json' }).replaced([{ path: ['edk'], after: { S: 'ö' } }]);
    expect(textOf(changed)).toBe('\uFEFF{"edk": "ö"}\r\n');
    const latin1 = Buffer.from('{"edk": "ä"}', 'latin1');
    expect(openDocument({ B: latin1 }, { as: 'json' })).toEqual(refusal(/UTF-8/));
    expect(openDocument({ S: '["\uD800"]' }, { as: 'json' })).toEqual(refusal(/Unicode/));
    const parts = opened({ S: 'a.b' }, { as: 'delimited', by: '.' });
    expect(() => parts.replaced([{ path: [0], after: { S: '\uD800' } }])).toThrow(TypeError);
  });
});
