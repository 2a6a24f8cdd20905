import { jsonDocumentFormat } from '../../../lambda/formats/json-document/index.ts';
import type { ObjectRecord } from '../../../lambda/core/model/record.ts';
import { item, object, OLD_KEY } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const edk = (byte: number): string => Buffer.alloc(184, byte).toString('base64');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const body = (text: string): ObjectRecord => {
  const B = Buffer.from(text);
  return { ...object('a', {}), body: { B }, size: B.length };
};

const KEYS = `{
  "v" : 1.0e2, "keys": [ {"edk":"${edk(1)}","kid":"${OLD_KEY}"},
    {"kid":"${OLD_KEY}", "edk":"${edk(2).replaceAll('/', '\\/')}", "x": null} ],
  "note": "\\u00e4\\n" }
`;

export const cases: readonly FormatCase[] = [
  {
    title: 'several data keys in the body of an object',
    definition: jsonDocumentFormat,
    config: {
      type: 'json-document',
      ...{ in: 'body', dataKey: '/keys/*/edk', keyArn: '/keys/*/kid' },
      encryptionContext: { index: { wildcard: 1 }, note: { pointer: '/note' }, at: { objectKey: true } },
    },
    record: body(KEYS),
    dataKeys: 2,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      body('{"keys":[{"edk":"!"}],"note":"n"}'),
      body(`{"keys":[{"edk":"${edk(1)}"}]}`),
      body('no JSON'),
      body(`{"note":"n","keys":[{"edk":"${edk(1)}","edk":"${edk(2)}"}]}`),
      { ...object('a', {}), body: { unread: { reason: 'is archived', blocked: true } } },
    ],
    without: [body('{}'), body('[]'), body(''), body('{"keys":[{"edk":null},{"edk":""}]}')],
  },
  {
    title: 'a JSON text in an attribute, by the names of its versions',
    definition: jsonDocumentFormat,
    config: {
      type: 'json-document',
      ...{ in: { attribute: 'envelope' }, dataKey: '/versions/2/edk' },
      encryptionContext: { id: { keyAttribute: 'id' }, tenant: { attribute: 'tenant' } },
    },
    record: item('a', {
      envelope: { S: `{"versions":{"1":{"edk":"-"},"2":{"edk":"${edk(1)}"}}}` },
      tenant: { S: 't' },
    }),
    dataKeys: 1,
    inDoubt: [item('b', { envelope: { S: '{' } })],
    without: [item('c', { envelope: { S: '{"versions":{"1":{"edk":"-"}}}' } }), item('d', {})],
  },
  {
    title: 'base64 of a JSON text in a metadata entry',
    definition: jsonDocumentFormat,
    config: {
      type: 'json-document',
      ...{ in: { metadata: 'x-envelope' }, opens: ['base64', 'json'], dataKey: '/edk', keyArn: '/kms' },
      encryptionContext: { tenant: { metadata: 'tenant' } },
    },
    record: object('a', { 'x-envelope': base64(`{"edk":"${edk(1)}","kms":"${OLD_KEY}"}`), tenant: 't' }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [object('b', { 'x-envelope': base64('{"edk":7}') }), object('b', { 'x-envelope': '!' })],
    without: [object('c', {}), object('c', { 'x-envelope': base64('{"kms":"x"}') })],
  },
  {
    title: 'a delimited text within a JSON text',
    definition: jsonDocumentFormat,
    config: {
      type: 'json-document',
      ...{ in: { attribute: 'doc' }, dataKey: ['/token', { delimited: '.' }, '/1'], encoding: 'base64url' },
    },
    record: item('a', {
      doc: { S: `{"token": "v1.${Buffer.alloc(184, 9).toString('base64url')}.bm9uY2U.Y3Q"}` },
    }),
    dataKeys: 1,
    inDoubt: [item('b', { doc: { S: '{"token": "v1.no base64.x"}' } })],
    without: [item('c', { doc: { S: '{"token": "v1"}' } })],
  },
  {
    title: 'a map of DynamoDB',
    definition: jsonDocumentFormat,
    config: {
      type: 'json-document',
      ...{
        in: { attribute: 'byRegion' },
        opens: [],
        dataKey: '/*/edk',
        encoding: 'binary',
        keyArn: '/*/kid',
      },
      encryptionContext: { region: { wildcard: 1 } },
    },
    record: item('a', {
      byRegion: {
        M: {
          a: { M: { edk: { B: Buffer.alloc(184, 1) }, kid: { S: OLD_KEY } } },
          '1': { M: { edk: { B: Buffer.alloc(184, 2) }, kid: { S: OLD_KEY } } },
        },
      },
    }),
    dataKeys: 2,
    recordedKeyArn: OLD_KEY,
    inDoubt: [item('b', { byRegion: { M: { a: { M: { edk: { S: 'x' } } } } } })],
    without: [item('c', { byRegion: { M: {} } })],
  },
];
