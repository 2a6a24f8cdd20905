import { confidantFormat } from '../../../lambda/formats/confidant/index.ts';
import type { ItemRecord } from '../../../lambda/core/model/record.ts';
import { changedItem, itemOf, vectorItems } from '../../support/vector-items.ts';
import type { FormatCase } from '../format-case.ts';

const written = vectorItems('confidant-7.0.0', 'confidant').filter(
  ({ attributes }) => attributes['data_key'] !== undefined,
);

/** As pynamodb writes binary attributes without its older encoding. */
function asBytes(record: ItemRecord): ItemRecord {
  const value = record.attributes['data_key'];
  const text = value !== undefined && 'B' in value ? Buffer.from(value.B).toString('latin1') : '';
  return changedItem(record, { data_key: { B: Buffer.from(text, 'base64') } });
}

const row = (attributes: ItemRecord['attributes']): ItemRecord =>
  itemOf({ id: { S: 'a' }, revision: { N: '1' }, ...attributes }, ['id']);

const caseOf = (title: string, record: ItemRecord): FormatCase => ({
  title: `${title}: ${record.locator}`,
  definition: confidantFormat,
  config: { type: 'confidant' },
  ...{ record, dataKeys: 1 },
  inDoubt: [
    changedItem(record, { data_key: undefined }),
    changedItem(record, { data_key: { S: 'text' } }),
    changedItem(record, { data_type: { S: 'something else' } }),
    changedItem(record, { data_type: undefined }),
    changedItem(record, { data_type: { S: 'service' } }),
    changedItem(record, { data_type: { S: 'blind-credential' }, data_key: { S: '{"us-east-1":"AQIC"}' } }),
    changedItem(record, { data_type: { S: 'archive-blind-credential' } }),
    changedItem(record, { id: undefined }),
  ],
  without: [
    row({ data_type: { S: 'service' }, credentials: { SS: ['b'] } }),
    row({ data_type: { S: 'archive-service' } }),
    row({}),
  ],
});

export const cases: readonly FormatCase[] = [
  ...written.slice(0, 4).map(record => caseOf('confidant 7.0.0', record)),
  ...written.slice(0, 2).map(record => caseOf('the same as bytes', asBytes(record))),
];
