import { Buffer } from 'node:buffer';
import { writtenSlot, type DataKey } from '../model/data-key.ts';
import type { Replacement } from '../model/format.ts';
import { storeName } from '../model/job.ts';
import type { EncryptionAlgorithm } from '../model/key-use.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { Reply } from '../reencrypt/check-reply.ts';
import type { PageAnswer } from '../reencrypt/reencrypt-page.ts';
import { undoOf } from './undo.ts';
import { JOURNAL_SCHEMA, type IntentEntry, type OutcomeEntry } from './entries.ts';

/** The intents of a page: one for each data key that is about to be replaced, or put beside the old one. */
export function intentsOf(scope: UnitScope, answers: readonly PageAnswer[]): readonly IntentEntry[] {
  return answers.flatMap(({ found, answer }) =>
    answer.kind === 're-encrypted' && found.finding.kind === 'data-key'
      ? [intentOf(scope, { record: found.record, dataKey: found.finding, reply: answer.reply })]
      : [],
  );
}

interface Intended {
  readonly record: StoreRecord;
  readonly dataKey: DataKey;
  readonly reply: Reply;
}

function intentOf({ store, plan, format }: UnitScope, intended: Intended): IntentEntry {
  const { record, dataKey, reply } = intended;
  const old = record.absent === undefined ? replacedBy(dataKey) : undefined;
  return {
    schema: JOURNAL_SCHEMA,
    store: storeName(store),
    locator: record.locator,
    slot: writtenSlot(dataKey),
    oldCiphertext: old === undefined ? null : Buffer.from(old).toString('base64'),
    oldDigest: old === undefined ? null : digest(old),
    newDigest: digest(reply.ciphertext),
    sourceDigest: digest(dataKey.ciphertext),
    ...(record.absent !== undefined && { createsRecord: true }),
    undo:
      record.absent === undefined ? undoOf(record, format.replace(record, [replacementOf(intended)])) : [],
    source: reply.source,
    destination: reply.destination,
    route: plan.route.type,
    kmsRequestIds: reply.requestIds,
  };
}

/** The new ciphertext of a data key, for its format to write. */
export function replacementOf({ dataKey, reply }: Pick<Intended, 'dataKey' | 'reply'>): Replacement {
  return {
    slot: dataKey.slot,
    ciphertext: reply.ciphertext,
    destination: reply.destination,
    destinationAlgorithm: reply.destinationAlgorithm as EncryptionAlgorithm,
  };
}

/** What the new ciphertext replaces: the old one, or what lies in the place of its own. */
function replacedBy({ writeTo, ciphertext }: DataKey): Uint8Array | undefined {
  return writeTo === undefined ? ciphertext : writeTo.ciphertext;
}

/** The journal's line for what became of one data key. */
export function outcomeEntry(scope: UnitScope, found: Found, outcome: Outcome): OutcomeEntry {
  const { finding, record } = found;
  const ciphertext = 'ciphertext' in finding ? finding.ciphertext : undefined;
  return {
    schema: JOURNAL_SCHEMA,
    store: storeName(scope.store),
    locator: record.locator,
    slot: finding.slot,
    outcome: outcome.kind,
    ...('reason' in outcome && { reason: outcome.reason }),
    ...(ciphertext !== undefined && { digest: digest(ciphertext) }),
    ...('source' in outcome && { source: outcome.source }),
    ...(isCopied(found) && { copied: true }),
    ...('destination' in outcome && { destination: outcome.destination }),
    ...(outcome.kind === 'rewrapped' && { route: scope.plan.route.type }),
  };
}

function isCopied({ finding, record }: Found): boolean {
  return record.absent !== undefined || (finding.kind === 'data-key' && finding.writeTo !== undefined);
}
