import { credstashFormat } from '../../../lambda/formats/credstash/index.ts';
import { changedItem, itemOf, vectorItems } from '../../support/vector-items.ts';
import type { FormatCase } from '../format-case.ts';

const written = vectorItems('credstash_py-1.17.1', 'credential-store').filter((_, index) => index % 3 === 0);
const config = {
  type: 'credstash',
  contexts: [{ name: 'prod.*', encryptionContext: [{ env: 'prod' }, {}] }],
  encryptionContext: [{}, { app: 'x' }],
};

export const cases: readonly FormatCase[] = written.map(record => ({
  title: `credstash 1.17.1 for Python: ${record.locator}`,
  definition: credstashFormat,
  ...{ config, record, dataKeys: 1 },
  inDoubt: [
    changedItem(record, { key: undefined }),
    changedItem(record, { key: { S: '' } }),
    changedItem(record, { key: { S: 'no base64!' } }),
    changedItem(record, { key: { B: Buffer.alloc(184, 1) } }),
    changedItem(record, { key: { M: {} } }),
  ],
  without: [
    itemOf({ name: { S: '#lock' }, version: { S: '0' }, owner: { S: 'x' } }, ['name', 'version']),
    itemOf({ name: { S: '#lock' }, version: { S: '0' }, key: { NULL: true } }, ['name', 'version']),
  ],
}));
