import { branchKeyStoreFormat } from '../../../lambda/formats/branch-key-store/index.ts';
import type { AttributeMap, ItemRecord } from '../../../lambda/core/model/record.ts';
import { branchKeyItem, mutationItem, branchKeyVector } from '../../support/branch-key-items.ts';
import { item } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

const typeOf = ({ attributes }: ItemRecord): string => {
  const { type } = attributes;
  return type !== undefined && 'S' in type ? type.S : '';
};
type Vector = ReturnType<typeof branchKeyVector>;
const NODE = branchKeyVector('branchkeys_node-5.0.2.json');
const PYTHON = branchKeyVector('branchkeys_py-1.11.3.json');
const withContext = ({ attributes }: ItemRecord): boolean =>
  Object.keys(attributes).some(name => name.startsWith('aws-crypto-ec:'));

function caseOf(title: string, { items, key }: Vector, is: (item: ItemRecord) => boolean): FormatCase {
  const record = items.find(is);
  if (record === undefined) throw new Error(`the vectors have no ${title}`);
  const changed = (change: AttributeMap): ItemRecord => branchKeyItem({ ...record.attributes, ...change });
  return {
    title,
    definition: branchKeyStoreFormat,
    config: { type: 'branch-key-store', logicalKeyStoreName: 'branch-keys-node' },
    record,
    dataKeys: 1,
    recordedKeyArn: key,
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
    without: [item('a', { 'kms-arn': { S: key } }), changed({ enc: { NULL: true } })],
  };
}

const isActive = (one: ItemRecord): boolean => typeOf(one) === 'branch:ACTIVE';

export const cases: readonly FormatCase[] = [
  caseOf('an active branch key', NODE, isActive),
  caseOf('an active branch key with a context of its own', NODE, one => isActive(one) && withContext(one)),
  caseOf('an earlier version', NODE, one => typeOf(one).startsWith('branch:version:') && withContext(one)),
  caseOf('a key of beacons', NODE, one => typeOf(one) === 'beacon:ACTIVE' && withContext(one)),
  caseOf('a branch key of the client in Python', PYTHON, one => isActive(one) && withContext(one)),
];
