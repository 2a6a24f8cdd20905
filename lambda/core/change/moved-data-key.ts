import { writtenCiphertext, writtenSlot, type DataKey } from '../model/data-key.ts';
import type { EncryptionContext } from '../model/encryption-context.ts';
import type { BoundFormat, Replacement } from '../model/format.ts';
import type { EncryptionAlgorithm } from '../model/key-use.ts';
import type { StoreRecord } from '../model/record.ts';
import type { Reply } from '../keys/check-reply.ts';
import { digest } from '../model/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { ChangedDataKey } from './record-change.ts';

/** A data key that KMS has re-encrypted, with everything needed to write and to report it. */
export interface MovedDataKey extends ChangedDataKey {
  readonly found: Found;
  readonly replacement: Replacement;
  readonly reply: Reply;
  /** What the new ciphertext is under; empty for asymmetric keys. */
  readonly context: EncryptionContext;
}

export interface Moving {
  readonly dataKey: DataKey;
  readonly reply: Reply;
  readonly context: EncryptionContext;
}

export function movedDataKey(found: Found, { dataKey, reply, context }: Moving): MovedDataKey {
  const { slot, ciphertext } = dataKey;
  const { source, destination, requestIds } = reply;
  const old = heldBy(found.record, dataKey);
  return {
    found,
    reply,
    context,
    slot,
    source,
    destination,
    replacement: {
      slot,
      ciphertext: reply.ciphertext,
      destination,
      destinationAlgorithm: reply.destinationAlgorithm as EncryptionAlgorithm,
    },
    writtenSlot: writtenSlot(dataKey),
    ...(old !== undefined && { old }),
    newDigest: digest(reply.ciphertext),
    sourceDigest: digest(ciphertext),
    kmsRequestIds: requestIds,
  };
}

/** The same data key, to be written to a record that has changed since it was read. */
export function movedInto(
  record: StoreRecord,
  one: MovedDataKey,
  format: Pick<BoundFormat, 'read'>,
): MovedDataKey {
  const { old: _before, ...moved } = one;
  const now = format.read(record).find(({ slot }) => slot === one.slot);
  const old = now?.kind === 'data-key' ? heldBy(record, now) : undefined;
  return { ...moved, ...(old !== undefined && { old }) };
}

/** A record that does not exist yet holds nothing. */
function heldBy(record: StoreRecord, dataKey: DataKey): Uint8Array | undefined {
  return record.absent === undefined ? writtenCiphertext(dataKey) : undefined;
}
