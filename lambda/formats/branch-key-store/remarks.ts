import type { StoreRecord } from '../../core/model/record.ts';
import { heldAt } from '../../core/places/held-at.ts';
import { BRANCH_KEY, MUTATION_TYPES, TYPE } from './attributes.ts';

const STATIC_READERS =
  'key stores that are configured with the ARN of a KMS key reject items that name another one: while the run changes kms-arn, they fail, and so does VersionKey; configure Discovery, or MRDiscovery, before the run, and the new ARN after it, or stop them meanwhile; caches of branch keys hold what they have until their time is over';

/** What the first items show: that readers may have to be configured anew, and mutations in flight. */
export function branchKeyRemarks(records: readonly StoreRecord[]): readonly string[] {
  const branchKeys = records.some(record => heldAt(record, [BRANCH_KEY]) !== undefined);
  const mutated = new Set(
    records.flatMap(record => {
      const type = heldAt(record, [TYPE]);
      const isMutation = type !== undefined && 'S' in type && MUTATION_TYPES.includes(type.S);
      return record.kind === 'item' && isMutation ? [JSON.stringify(record.key['branch-key-id'])] : [];
    }),
  ).size;
  return [
    ...(branchKeys ? [STATIC_READERS] : []),
    ...(mutated === 0
      ? []
      : [
          `${mutated} of the branch keys on the first page ${mutated === 1 ? 'has a mutation' : 'have mutations'} in flight: a run leaves all of their items as they are; let the administrator of the key store end them first`,
        ]),
  ];
}
