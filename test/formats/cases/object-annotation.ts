import { jsonDocumentFormat } from '../../../lambda/formats/json-document/index.ts';
import { objectAnnotationFormat } from '../../../lambda/formats/object-annotation/index.ts';
import { object, OLD_KEY } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const edk = Buffer.alloc(184, 1).toString('base64');
const annotated = (locator: string, annotations: Readonly<Record<string, string>>) => ({
  ...object(locator, { tenant: 't' }),
  annotations,
});

/** No run writes these. What a record would be afterwards is asked of every format, and planned by a census. */
export const cases: readonly FormatCase[] = [
  {
    title: 'an annotation in lines, with a key ARN beside it',
    definition: objectAnnotationFormat,
    config: {
      ...{ type: 'object-annotation', annotation: 'data-key', keyArn: 'kid' },
      encryptionContext: { path: { objectKey: true }, tenant: { metadata: 'tenant' } },
    },
    record: annotated('a', { 'data-key': `${edk.replace(/.{76}/g, '$&\n')}\n`, kid: OLD_KEY, other: 'x' }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      annotated('b', { 'data-key': 'not base64!' }),
      { ...object('c', {}), annotations: { 'data-key': edk } },
    ],
    without: [
      annotated('d', { kid: OLD_KEY }),
      annotated('e', { 'data-key': '' }),
      object('f', { tenant: 't' }),
    ],
  },
  {
    title: 'a document in an annotation',
    definition: jsonDocumentFormat,
    config: {
      ...{ type: 'json-document', in: { annotation: 'envelope' }, dataKey: '/keys/*/edk' },
      ...{ keyArn: '/keys/*/key', encryptionContext: { tenant: { pointer: '/tenant' } } },
    },
    record: annotated('a', {
      envelope: `{ "tenant": "t",\n "keys": [{"edk":"${edk}", "key":"${OLD_KEY}"}] }\n`,
      other: '{}',
    }),
    dataKeys: 1,
    recordedKeyArn: OLD_KEY,
    inDoubt: [
      annotated('b', { envelope: '{"tenant":"t","keys":[{"edk":' }),
      annotated('c', { envelope: `{"keys":[{"edk":"${edk}"}]}` }),
    ],
    without: [annotated('d', { envelope: '{"tenant":"t"}' }), annotated('e', { other: 'x' })],
  },
];
