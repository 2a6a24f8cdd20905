import { branchKeyStoreFormat } from '../../../lambda/formats/branch-key-store/index.ts';
import type { AttributeMap, ItemRecord } from '../../../lambda/core/model/record.ts';
import { branchKeyItem, mutationItem, VECTOR_ITEMS, VECTOR_KEY } from '../../support/branch-key-items.ts';
import { item } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const typeOf = ({ attributes }: ItemRecord): string => {
  const { type } = attributes;
  return type !== undefined && 'S' in type ? type.S : '';
};
const withContext = VECTOR_ITEMS.filter(({ attributes }) =>
  Object.keys(attributes).some(name => name.startsWith('aws-crypto-ec:')),
);

function caseOf(title: string, record: ItemRecord | undefined): FormatCase {
  if (record === undefined) throw new Error(`the vectors have no ${title}`);
  const changed = (change: AttributeMap): ItemRecord => branchKeyItem({ ...record.attributes, ...change });
  return {
    title,
    definition: branchKeyStoreFormat,
    config: { type: 'branch-key-store', logicalKeyStoreName: 'branch-keys-node' },
    record,
    dataKeys: 1,
    recordedKeyArn: VECTOR_KEY,
    inDoubt: [
      branchKeyItem(mutationItem('tenant-1')),
      branchKeyItem(mutationItem('tenant-1', 'branch:MUTATION_INDEX')),
      changed({ 'hierarchy-version': { N: '2' } }),
      changed({ 'hierarchy-version': { N: '3' } }),
      changed({ 'hierarchy-version': { S: '1' } }),
      changed({ type: { S: 'branch:OTHER' } }),
      changed({ 'branch-key-id': { S: '' } }),
      changed({ enc: { S: 'AQICAH' } }),
      changed({ 'kms-arn': { B: Buffer.from('x') } }),
      changed({ 'aws-crypto-ec:count': { N: '1' } }),
      item('a', { enc: { B: Buffer.alloc(184) } }),
    ],
    without: [item('a', { 'kms-arn': { S: VECTOR_KEY } }), changed({ enc: { NULL: true } })],
  };
}

export const cases: readonly FormatCase[] = [
  caseOf(
    'an active branch key',
    VECTOR_ITEMS.find(one => typeOf(one) === 'branch:ACTIVE'),
  ),
  caseOf(
    'an active branch key with a context of its own',
    withContext.find(one => typeOf(one) === 'branch:ACTIVE'),
  ),
  caseOf(
    'an earlier version',
    withContext.find(one => typeOf(one).startsWith('branch:version:')),
  ),
  caseOf(
    'a key of beacons',
    withContext.find(one => typeOf(one) === 'beacon:ACTIVE'),
  ),
];
