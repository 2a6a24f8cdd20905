import { dynamodbEncryptionClientFormat } from '../../../lambda/formats/dynamodb-encryption-client/index.ts';
import type { ItemRecord } from '../../../lambda/core/model/record.ts';
import { changedItem, itemOf, vectorItems } from '../../support/vector-items.ts';
import type { FormatCase } from '../format-case.ts';

const VECTOR = 'ddbec_py-dynamodb-encryption-sdk-3.3.0';
const DESCRIPTION = '*amzn-ddb-map-desc*';
const tables = ['ddbec-s', 'ddbec-sn', 'ddbec-b', 'ddbec-meta'];
/** Items under keys of the MetaStore. */
const recent = vectorItems(VECTOR, 'ddbec-recent');

/** An item with a part of its material description overwritten by a text of the same length. */
function overwritten(item: ItemRecord, old: string, by: string): ItemRecord {
  const value = item.attributes[DESCRIPTION];
  const text = value !== undefined && 'B' in value ? Buffer.from(value.B).toString('latin1') : '';
  if (!text.includes(old)) throw new RangeError(`no ${old} in the description of ${item.locator}`);
  return changedItem(item, { [DESCRIPTION]: { B: Buffer.from(text.replace(old, by), 'latin1') } });
}

const caseOf = (table: string, record: ItemRecord): FormatCase => ({
  title: `dynamodb-encryption-sdk 3.3.0 for Python, ${table}: ${record.locator}`,
  definition: dynamodbEncryptionClientFormat,
  config: { type: 'dynamodb-encryption-client', tableName: table },
  ...{ record, dataKeys: 1 },
  inDoubt: [
    changedItem(record, { [DESCRIPTION]: undefined }),
    changedItem(record, { [DESCRIPTION]: { S: 'text' } }),
    changedItem(record, { [DESCRIPTION]: { B: Buffer.from('no description') } }),
    changedItem(record, { [DESCRIPTION]: { B: Buffer.alloc(4) } }),
    changedItem(record, { [DESCRIPTION]: { B: Buffer.alloc(0) } }),
    overwritten(record, 'AQICAH', '!!!!!!'),
    overwritten(record, 'kms', 'RSA'),
    overwritten(record, 'amzn-ddb-env-alg', 'amzn-ddb-env-xxx'),
    overwritten(record, 'amzn-ddb-env-key', 'amzn-ddb-env-xxx'),
    overwritten(record, 'amzn-ddb-wrap-alg', 'amzn-ddb-wrap-xxx'),
    overwritten(record, 'amzn-ddb-sig-alg', 'amzn-ddb-env-key'),
    ...recent,
  ],
  without: [itemOf({ id: { S: 'a' }, plain: { S: 'b' } }, ['id']), itemOf({ id: { S: 'a' } }, ['id'])],
});

export const cases: readonly FormatCase[] = tables.flatMap(table =>
  vectorItems(VECTOR, table)
    .filter((_, index, all) => [0, all.length - 1].includes(index))
    .map(record => caseOf(table, record)),
);
