import type { Finding } from '../model/data-key.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ReEncryptAnswer } from '../ports.ts';
import { FOREIGN, UNREADABLE, type Reply } from '../reencrypt/reencrypt-page.ts';

export interface Verdict {
  readonly outcome: Outcome;
  /** It may still need a source key: nobody may retire that key on the strength of this run. */
  readonly remains: boolean;
}

export function ciphertextOf(finding: Finding): Uint8Array | undefined {
  return finding.kind === 'unsupported' ? undefined : finding.ciphertext;
}

/**
 * What an answer of the destination key proves about one data key.
 *
 * | KMS says, asked with the destination key | outcome | remains |
 * |---|---|---|
 * | opened, current key material | `already-current` | no |
 * | opened, older key material | `to-rewrap` | yes |
 * | IncorrectKey, and proven foreign by this run's migrate pass | `foreign-key` | no |
 * | IncorrectKey | `to-rewrap` | yes |
 * | InvalidCiphertext | `unreadable` | no: whatever it is, no source key opens it |
 * | no answer, or a format that cannot be asked about | `failed`, `unsupported` | yes |
 * | the slot holds no ciphertext | `unreadable` | no |
 */
export function verdictOf(
  finding: Finding,
  answer: ReEncryptAnswer | undefined,
  provenForeign: boolean,
): Verdict {
  if (answer === undefined) return unasked(finding);
  switch (answer.kind) {
    case 're-encrypted':
      return opened(finding, answer);
    case 'incorrect-key':
      return provenForeign
        ? { outcome: { kind: 'foreign-key', reason: FOREIGN }, remains: false }
        : { outcome: { kind: 'to-rewrap', reason: notUnderDestination(finding) }, remains: true };
    case 'invalid-ciphertext':
      return { outcome: { kind: 'unreadable', reason: unreadableReason(finding) }, remains: false };
    case 'unavailable':
      return { outcome: { kind: 'failed', reason: answer.reason }, remains: true };
  }
}

function unasked(finding: Finding): Verdict {
  switch (finding.kind) {
    case 'unsupported':
      return { outcome: { kind: 'unsupported', reason: finding.reason }, remains: true };
    case 'unreadable':
      return { outcome: { kind: 'unreadable', reason: finding.reason }, remains: false };
    case 'data-key':
      throw new Error(`data key at ${finding.slot} was not asked: every ciphertext is`);
  }
}

function opened(finding: Finding, { source, destination }: Reply): Verdict {
  if (finding.kind === 'unreadable')
    return { outcome: { kind: 'unreadable', reason: finding.reason }, remains: false };
  return source.keyMaterialId === destination.keyMaterialId
    ? { outcome: { kind: 'already-current', source }, remains: false }
    : {
        outcome: {
          kind: 'to-rewrap',
          source,
          reason: 'under the destination key, but not under its current key material',
        },
        remains: true,
      };
}

function notUnderDestination(finding: Finding): string {
  const about = finding.kind === 'unreadable' ? `${finding.reason}; ` : '';
  return `${about}not under the destination key: it may still need a source key`;
}

function unreadableReason(finding: Finding): string {
  return finding.kind === 'unreadable' ? finding.reason : UNREADABLE;
}
