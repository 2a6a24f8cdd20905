import { writtenLabel, type Finding } from '../model/data-key.ts';
import type { Outcome } from '../model/outcome.ts';
import type { StoreRecord } from '../model/record.ts';
import { names } from '../model/key-use.ts';
import { FOREIGN, unreadableWith } from '../reencrypt/ask-kms.ts';
import type { Reply } from '../keys/check-reply.ts';
import { NOT_TOLD, materialAge, type MovedKeys } from '../reencrypt/key-material.ts';
import type { DestinationAnswer } from '../earlier/ask-destination.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** It may still need a source key, so this run is no reason to retire that key. */
  readonly remains: boolean;
}

/** What is known about a data key besides KMS's answer. */
export interface Evidence {
  readonly record: StoreRecord;
  readonly finding: Finding;
  readonly keys: MovedKeys;
  /** In this run's migrate pass, KMS said about every source key that another key made exactly this ciphertext. */
  readonly provenForeign: boolean;
}

/**
 * What an answer of the destination key proves about one data key.
 *
 * Doubt counts: only an answer of KMS settles a data key. "Cannot be opened" does not settle it, because a source key may
 * open it under a context, or in an encoding, that the job does not know.
 *
 * | KMS says, asked with the destination key | outcome | remains |
 * |---|---|---|
 * | opened, current key material and a context that a reader builds | `already-current` | no |
 * | opened, older key material or another context | `to-rewrap` | yes |
 * | opened, at a key material that KMS does not name, and the job moves to new material of the same key | `to-rewrap` | yes |
 * | opened, but in the source: the record is not in the destination store | `to-rewrap` | yes |
 * | opened, but the record names another key beside it | `to-rewrap` | yes |
 * | IncorrectKey, and proven foreign by this run's migrate pass | `foreign-key` | no |
 * | IncorrectKey | `to-rewrap` | yes |
 * | InvalidCiphertext: corrupt, or another context, or another key | `unreadable` | yes |
 * | AccessDenied, or the like, for this data key alone | `blocked` | yes |
 * | no answer, or a record that the format does not understand | `failed`, `unsupported` | yes |
 * | the slot holds something, but no ciphertext in the job's encoding | `unreadable` | yes |
 * | the place for the new ciphertext is empty, or holds that of another data key | `to-rewrap` | yes |
 */
export function verdictOf(evidence: Evidence, answer: DestinationAnswer | undefined): Verdict {
  const { finding, provenForeign } = evidence;
  if (answer === undefined) return unasked(finding);
  switch (answer.kind) {
    case 're-encrypted':
      return opened(evidence, answer);
    case 'other-context':
      return remains({
        source: answer.source,
        reason: 'under the destination key, but another encryption context',
      });
    case 'incorrect-key':
      return provenForeign
        ? { outcome: { kind: 'foreign-key', reason: FOREIGN }, remains: false }
        : remains({ reason: notUnderDestination(finding) });
    case 'invalid-ciphertext':
      return { outcome: { kind: 'unreadable', reason: unreadableReason(evidence) }, remains: true };
    case 'denied':
      return { outcome: { kind: 'blocked', reason: answer.reason }, remains: true };
    case 'rejected':
      return {
        outcome: { kind: 'unsupported', reason: 'KMS refuses the request about it (ValidationException)' },
        remains: true,
      };
    case 'unavailable':
      return { outcome: { kind: 'failed', reason: answer.reason }, remains: true };
  }
}

function unasked(finding: Finding): Verdict {
  switch (finding.kind) {
    case 'unsupported':
    case 'blocked':
      return { outcome: { kind: finding.kind, reason: finding.reason }, remains: true };
    case 'unreadable':
      return { outcome: { kind: 'unreadable', reason: finding.reason }, remains: true };
    case 'data-key':
      return remains({
        reason: finding.writeTo?.stale
          ? 'the new data key was made from another one than the record holds now'
          : 'the record has no new data key yet',
      });
  }
}

function opened({ finding, record, keys }: Evidence, reply: Reply): Verdict {
  const { source } = reply;
  if (finding.kind === 'unreadable')
    return { outcome: { kind: 'unreadable', reason: finding.reason }, remains: true };
  if (record.absent !== undefined) return remains({ source, reason: 'not in the destination store yet' });
  const label = finding.kind === 'data-key' ? writtenLabel(finding) : undefined;
  if (label !== undefined && !names(keys.destination, label))
    return remains({ source, reason: `under the destination key, but the record names ${label} beside it` });
  switch (materialAge(reply, keys)) {
    case 'current':
      return { outcome: { kind: 'already-current', source }, remains: false };
    case 'older':
      return remains({ source, reason: 'under the destination key, but not under its current key material' });
    case 'not-told':
      return remains({ source, reason: NOT_TOLD });
  }
}

function remains(details: Omit<Extract<Outcome, { kind: 'to-rewrap' }>, 'kind'>): Verdict {
  return { outcome: { kind: 'to-rewrap', ...details }, remains: true };
}

function notUnderDestination(finding: Finding): string {
  const about = finding.kind === 'unreadable' ? `${finding.reason}; ` : '';
  return `${about}not under the destination key: it may still need a source key`;
}

function unreadableReason({ finding, keys }: Evidence): string {
  return finding.kind === 'unreadable' ? finding.reason : unreadableWith([keys.destination.keyArn]);
}
