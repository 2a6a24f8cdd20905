import { Buffer } from 'node:buffer';
import { storeName } from '../model/job.ts';
import type { Outcome } from '../model/outcome.ts';
import type { UnitScope } from '../scan/unit-scope.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import type { PageAnswer, ReEncrypted } from '../reencrypt/reencrypt-page.ts';
import { JOURNAL_SCHEMA, type IntentEntry, type OutcomeEntry } from './entries.ts';

/** The intents of a page: one for each data key that is about to be replaced. */
export function intentsOf(scope: UnitScope, answers: readonly PageAnswer[]): readonly IntentEntry[] {
  return answers.flatMap(({ found, answer }) =>
    answer.kind === 're-encrypted' ? [intentOf(storeName(scope.store), found, answer)] : [],
  );
}

function intentOf(store: string, found: Found, { reply }: ReEncrypted): IntentEntry {
  const old = found.finding.kind === 'data-key' ? found.finding.ciphertext : new Uint8Array();
  return {
    schema: JOURNAL_SCHEMA,
    store,
    locator: found.record.locator,
    slot: found.finding.slot,
    oldCiphertext: Buffer.from(old).toString('base64'),
    oldDigest: digest(old),
    newDigest: digest(reply.ciphertext),
    source: reply.source,
    destination: reply.destination,
    kmsRequestId: reply.requestId,
  };
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
    ...(outcome.kind === 'rewrapped' && { destination: outcome.destination }),
  };
}
