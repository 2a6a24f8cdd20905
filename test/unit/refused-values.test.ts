import type { FormatDefinition } from '../../lambda/core/model/format.ts';
import { attributeFormat } from '../../lambda/formats/attribute/index.ts';
import { objectBodyFormat } from '../../lambda/formats/object-body/index.ts';
import { bound } from '../support/bound.ts';
import { item, object } from '../support/builders.ts';
import { vectorStore } from '../support/vector-records.ts';

const kindsOf = (definition: FormatDefinition, config: object, record: Parameters<typeof read>[2]) =>
  read(definition, config, record).map(finding => [
    finding.kind,
    'reason' in finding ? finding.reason : undefined,
  ]);
function read(definition: FormatDefinition, config: object, record: ReturnType<typeof item>) {
  return bound(definition, config).read(record);
}

const MESSAGES = vectorStore('esdk_py-aws-encryption-sdk-4.0.7', 'esdk-items').records.flatMap(
  ({ record }) => (record.kind === 'item' && record.attributes['secret'] !== undefined ? [record] : []),
);
const messageOf = (record: (typeof MESSAGES)[number]): Uint8Array => {
  const { secret } = record.attributes;
  return secret !== undefined && 'B' in secret ? secret.B : Buffer.alloc(0);
};

describe('what can never be re-wrapped, where a job says that a data key is', () => {
  it('is named, in bytes and in text, and no data key', () => {
    expect(MESSAGES.length).toBeGreaterThan(0);
    for (const record of MESSAGES) {
      const named = [['unsupported', expect.stringContaining('Encryption SDK')]];
      const bytes = { type: 'attribute', dataKey: 'secret' };
      expect(kindsOf(attributeFormat, bytes, record)).toEqual(named);
      const text = item('t', { secret: { S: Buffer.from(messageOf(record)).toString('base64') } });
      expect(kindsOf(attributeFormat, { ...bytes, encoding: 'base64' }, text)).toEqual(named);
      // In another encoding than the job says, too.
      expect(kindsOf(attributeFormat, bytes, text)).toEqual(named);
    }
  });

  it('is named as the body of an object', () => {
    const body = Buffer.from(messageOf(MESSAGES[0]!));
    const record = { ...object('m', {}), body: { B: body }, size: body.length };
    expect(bound(objectBodyFormat, { type: 'object-body' }).read(record)).toMatchObject([
      { kind: 'unsupported', reason: expect.stringContaining('Encryption SDK') },
    ]);
  });
});
