import type { Guard } from '../../core/model/format.ts';
import { ANY } from '../../core/model/place.ts';
import type { AttributeMap, ItemRecord } from '../../core/model/record.ts';
import { formatOfSpots } from '../format-of-spots.ts';
import {
  BRANCH_KEY,
  HIERARCHY_VERSION,
  ID,
  IN_FLIGHT,
  KEY_ARN,
  LOGICAL_NAME,
  MUTATION_TYPES,
  TYPE,
} from './attributes.ts';
import { branchKeyStoreConfig } from './config.ts';
import { branchKeyRemarks } from './remarks.ts';
import { branchKeySpots } from './spots.ts';

/** Branch keys of the hierarchical keyrings of AWS's Encryption SDK and Database Encryption SDK, hierarchy version 1. */
export const branchKeyStoreFormat = formatOfSpots<ReturnType<typeof branchKeyStoreConfig>, ItemRecord>({
  name: 'branch-key-store',
  records: ['item'],
  asymmetric: false,
  config: branchKeyStoreConfig,
  configure({ logicalKeyStoreName }, store) {
    const logicalName = logicalKeyStoreName ?? store;
    if (logicalName === undefined) throw new TypeError('a branch key store has a logical name, or a table');
    return {
      saying: {
        identity: BRANCH_KEY,
        keepsSource: false,
        needs: [],
        guards: mutationsOf,
        contextNames: {
          source: [ID, TYPE, 'create-time', HIERARCHY_VERSION, KEY_ARN, LOGICAL_NAME],
          templates: 1,
        },
        declared: [[BRANCH_KEY], [KEY_ARN]],
        contextFrom: [[ANY]],
        beside: [{ place: [KEY_ARN] }],
        problems: [],
        remarks: branchKeyRemarks,
      },
      spots: (item, destination) => branchKeySpots(item, { logicalName, destination }),
    };
  },
});

/** The items that a mutation of the same branch key has while it is in flight. */
function mutationsOf({ [ID]: id }: AttributeMap): readonly Guard[] {
  if (id === undefined) return [];
  return MUTATION_TYPES.map(type => ({ key: { [ID]: id, [TYPE]: { S: type } }, reason: IN_FLIGHT }));
}
