import type { Destination } from '../../core/model/format.ts';
import type { ItemRecord } from '../../core/model/record.ts';
import { heldAt } from '../../core/places/held-at.ts';
import type { NoSpot, Spotted } from '../spot.ts';
import { textAt } from '../text-at.ts';
import { valueEncoding } from '../value-encoding.ts';
import {
  BRANCH_KEY,
  HIERARCHY_VERSION,
  ID,
  IN_FLIGHT,
  isBranchKeyType,
  KEY_ARN,
  MUTATION_TYPES,
  TYPE,
} from './attributes.ts';
import { branchKeyContexts } from './contexts.ts';

const PATH = [BRANCH_KEY];

/** The branch key of an item: one for each item, whether it is active, an earlier version, or the key of beacons. */
export function branchKeySpots(
  item: ItemRecord,
  { logicalName, destination }: { readonly logicalName: string; readonly destination: Destination },
): readonly Spotted[] {
  const type = textAt(item, [TYPE]) ?? '';
  if (MUTATION_TYPES.includes(type)) return [{ kind: 'blocked', path: PATH, reason: IN_FLIGHT }];
  const value = heldAt(item, PATH);
  if (value === undefined) return [];
  const refused = refusal(item, type);
  if (refused !== undefined) return [{ path: PATH, ...refused }];
  return [
    {
      kind: 'spot',
      ...{ path: PATH, value, encoding: valueEncoding('binary') },
      contexts: branchKeyContexts(item, { logicalName, keyArn: destination.keyArn }),
      recordedKeyArn: textAt(item, [KEY_ARN]),
      beside: [{ path: [KEY_ARN], after: ({ destination: { keyArn } }) => ({ S: keyArn }) }],
    },
  ];
}

type Refusal = Omit<NoSpot, 'path'>;

/** Why what lies there is no branch key that a run may move. */
function refusal(item: ItemRecord, type: string): Refusal | undefined {
  const names = Object.keys(item.key);
  if (names.length !== 2 || ![ID, TYPE].every(name => names.includes(name)))
    return unsupported(
      `attribute ${BRANCH_KEY} is in a table whose primary key is ${names.join(' and ')}; that of a branch key store is ${ID} and ${TYPE}: name another format`,
    );
  if ((textAt(item, [ID]) ?? '') === '' || !isBranchKeyType(type))
    return unsupported(
      `attribute ${BRANCH_KEY} is in an item of another type than branch:ACTIVE, branch:version:… and beacon:ACTIVE, which no key store reads`,
    );
  return ofHierarchy(item);
}

/**
 * A branch key of hierarchy version 2 contains a digest of its own context, the ARN of its KMS key among it. KMS cannot
 * change that: under another key, or another ARN, it would not be accepted by its readers.
 */
function ofHierarchy(item: ItemRecord): Refusal | undefined {
  const version = heldAt(item, [HIERARCHY_VERSION]);
  if (version === undefined || !('N' in version) || version.N === '1') return undefined;
  return unsupported(
    version.N === '2'
      ? `it is a branch key of ${HIERARCHY_VERSION} 2, whose plaintext holds a digest of its ${KEY_ARN}, so that KMS alone cannot move it; move it by a mutation (InitializeMutation and ApplyMutation of the Key Store Admin)`
      : `it is a branch key of another ${HIERARCHY_VERSION} than 1, which this version does not know`,
  );
}

function unsupported(reason: string): Refusal {
  return { kind: 'unsupported', reason };
}
