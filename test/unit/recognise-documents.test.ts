import { Buffer } from 'node:buffer';
import type { AttributeMap } from '../../lambda/core/model/record.ts';
import { item, object, OLD_KEY } from '../support/builders.ts';
import { base64, blob, ciphertextsBy, ofBodies, ofItems, proposed, S } from '../support/recognised.ts';

describe('documents', () => {
  const json = (seed: string): string =>
    JSON.stringify({ v: 1, keys: [{ edk: base64(seed), arn: OLD_KEY }], iv: 'x' });
  const inside = {
    ...{ type: 'json-document', in: 'body', encoding: 'base64' },
    ...{ dataKey: '/keys/*/edk', keyArn: '/keys/*/arn' },
  };
  const parts = (by: string, part: number): object => ({
    ...{ type: 'json-document', in: 'body', encoding: 'base64' },
    ...{ opens: [{ delimited: by }], dataKey: `/${part}` },
  });

  it.each<[string, AttributeMap, unknown]>([
    ['a JSON text', { envelope: S(json('a')) }, { ...inside, in: { attribute: 'envelope' } }],
    [
      'base64 of a JSON text',
      { envelope: S(Buffer.from(json('a')).toString('base64')) },
      { ...inside, in: { attribute: 'envelope' }, opens: ['base64', 'json'] },
    ],
    [
      'a text in parts',
      { secret: S(`v1.${base64('a')}.bm9uY2U=.Y2lwaGVydGV4dA==`) },
      { ...parts('.', 1), in: { attribute: 'secret' } },
    ],
    [
      'a text in parts, the data key first',
      { secret: S(`${base64('a')}::bm9uY2U=`) },
      { ...parts('::', 0), in: { attribute: 'secret' } },
    ],
  ])('%s in an attribute: the proposal reads it', (_name, attributes, format) => {
    expect(proposed(ofItems([attributes]))).toEqual(format);
    expect(ciphertextsBy('json-document', format, item('1', attributes))).toEqual([blob('a')]);
  });

  it.each<[string, string | Uint8Array, unknown]>([
    ['a JSON text', json('a'), inside],
    [
      'a JSON array',
      JSON.stringify([base64('a')]),
      { type: 'json-document', in: 'body', dataKey: '/*', encoding: 'base64' },
    ],
    [
      'a text in parts in a JSON text',
      JSON.stringify({ t: `v1.${base64('a')}.x` }),
      {
        ...{ type: 'json-document', in: 'body', encoding: 'base64' },
        dataKey: ['/t', { delimited: '.' }, '/1'],
      },
    ],
    [
      'a name with a slash',
      JSON.stringify({ 'a/b': base64('a') }),
      { type: 'json-document', in: 'body', dataKey: '/a~1b', encoding: 'base64' },
    ],
    ['the data key itself', blob('a'), { type: 'object-body', encoding: 'binary' }],
    ['its base64 with the end of a line', `${base64('a')}\n`, { type: 'object-body', encoding: 'base64' }],
    ['its hexadecimal', blob('a').toString('hex'), { type: 'object-body', encoding: 'hex' }],
  ])('%s as a body: the proposal reads it', (_name, body, format) => {
    expect(proposed(ofBodies([body]))).toEqual(format);
    const record = object('k', {}, { body: { B: Buffer.from(body) } });
    expect(ciphertextsBy((format as { type: string }).type, format, record)).toEqual([blob('a')]);
  });

  it('an encryption context beside the data key: its values are read from there', () => {
    const text = JSON.stringify({ e: { edk: base64('a'), encryption_context: { 'a/b': 'x' } } });
    const seen = ofBodies([text]);
    expect(proposed(seen)).toMatchObject({
      dataKey: '/e/edk',
      encryptionContext: { 'a/b': { pointer: '/e/encryption_context/a~1b' } },
    });
    const record = object('k', {}, { body: { B: Buffer.from(text) } });
    expect(ciphertextsBy('json-document', proposed(seen), record)).toEqual([blob('a')]);
    expect(seen.formats[0]?.questions[0]).toMatch('what encryption_context holds');
  });

  it('a body in parts', () => {
    expect(proposed(ofBodies([`v1.${base64('a')}.bm9uY2U=\n`]))).toEqual(parts('.', 1));
  });

  it.each<[string, string | Uint8Array]>([
    ['a file of lines', `a: 1\nkey: "${base64('a')}"\nb: 2\n`],
    ['bytes with one inside', Buffer.concat([Buffer.from([9, 9]), blob('a')])],
  ])('%s is a look-alike', (_name, body) => {
    const { conclusion, lookAlikes, withNone } = ofBodies([body]);
    expect({ conclusion, withNone }).toEqual({ conclusion: { kind: 'nothing' }, withNone: 0 });
    expect(lookAlikes).toMatchObject([{ slot: 'body', form: 'in-binary', records: 1 }]);
  });

  it('parts of a very long text are look-alikes', () => {
    const { lookAlikes, formats: seen } = ofItems([{ secret: S(`v1.${base64('a')}.${' '.repeat(70_000)}`) }]);
    expect([seen.length, lookAlikes.length]).toEqual([0, 1]);
  });

  it('a body that is none of these holds nothing', () => {
    expect(ofBodies(['a text', '{"a":1}', Buffer.alloc(500, 7), '']).conclusion).toEqual({ kind: 'nothing' });
  });
});
