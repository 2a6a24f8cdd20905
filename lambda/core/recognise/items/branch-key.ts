import { parseKeyReference } from '../../model/arn.ts';
import type { ItemRecord } from '../../model/record.ts';
import { one, type Recognised } from '../candidate.ts';
import { bytesOf, numberOf, textOf } from './attributes.ts';

const TYPE = /^(?:branch:ACTIVE|beacon:ACTIVE|branch:version:.{1,256})$/;
const MUTATION = /^branch:MUTATION_(?:COMMITMENT|INDEX)$/;

/** An item of a key store: the branch keys of the hierarchical keyring. */
export function branchKey({ attributes }: ItemRecord): Recognised | undefined {
  const type = textOf(attributes, 'type') ?? '';
  if (textOf(attributes, 'branch-key-id') === undefined || bytesOf(attributes, 'enc') === undefined)
    return undefined;
  const keyArn = parseKeyReference(textOf(attributes, 'kms-arn') ?? '')?.arn;
  const keyArns = keyArn === undefined ? [] : [keyArn];
  const refused = (what: string, reason: string): Recognised =>
    one({ kind: 'refused', what, slot: 'enc', reason, keyArns }, 'enc');
  if (MUTATION.test(type))
    return refused(
      'branch-key-mutation',
      'says that a mutation of this branch key is in flight; let the admin of the key store end it, and then re-wrap',
    );
  const hierarchy = numberOf(attributes, 'hierarchy-version');
  if (!TYPE.test(type) || hierarchy === undefined) return undefined;
  if (hierarchy === '1')
    return one(
      {
        kind: 'named',
        what: 'branch-key-store',
        slot: 'enc',
        format: { type: 'branch-key-store' },
        dataKeys: 1,
        keyArns,
      },
      'enc',
    );
  return refused(
    'branch-key-hierarchy',
    `is a branch key of hierarchy version ${hierarchy.slice(0, 8)}, whose plaintext holds a digest of its KMS key's ARN, so KMS alone ` +
      'cannot move it; mutate it with the admin of the key store',
  );
}
