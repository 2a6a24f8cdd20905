import { isDeepStrictEqual } from 'node:util';
import { writtenCiphertext, type Finding } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import { isContextBound } from '../keys/check-reply.ts';
import { digest } from '../model/digest.ts';
import type { MovedDataKey } from './moved-data-key.ts';

export interface Expected {
  /** Those that have been moved. */
  readonly moved: readonly MovedDataKey[];
  /** Those that are still as they were read. */
  readonly left: readonly Finding[];
}

/** Whether a reader of this record finds every data key where, and under what, it was encrypted. */
export function opensAsExpected(
  record: StoreRecord,
  { moved, left }: Expected,
  format: Pick<BoundFormat, 'read'>,
): boolean {
  const found = new Map(format.read(record).map(finding => [finding.slot, finding]));
  return (
    moved.every(one => isReadAs(found.get(one.slot), one)) &&
    left.every(finding => isDeepStrictEqual(found.get(finding.slot), finding))
  );
}

function isReadAs(finding: Finding | undefined, { newDigest, reply, context }: MovedDataKey): boolean {
  if (finding?.kind !== 'data-key' || finding.writeTo?.stale === true) return false;
  const held = writtenCiphertext(finding);
  if (held === undefined || digest(held) !== newDigest) return false;
  return !isContextBound(reply) || isAmong(finding.readerContexts, context);
}

/** Whether a context is one of those. */
export function isAmong(contexts: readonly EncryptionContext[], context: EncryptionContext): boolean {
  return contexts.some(one => canonicalContext(one) === canonicalContext(context));
}
