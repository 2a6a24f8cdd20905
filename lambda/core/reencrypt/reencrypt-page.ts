import type { DataKey } from '../model/data-key.ts';
import { canonicalContext } from '../model/encryption-context.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { askKms, type Answer, type AskOptions } from './ask-kms.ts';
import { askTwinsOnce } from './twins.ts';

export interface PageAnswer {
  readonly found: Found;
  readonly answer: Answer;
}

/**
 * Asks KMS about every data key of a page. Equal ciphertexts under equal contexts (data-key caching makes
 * such twins common) are asked once, and all twins get the same new ciphertext.
 */
export async function reencryptPage(
  found: readonly Found[],
  options: AskOptions,
): Promise<readonly PageAnswer[]> {
  const questions = found.filter(({ finding }) => finding.kind === 'data-key');
  const answers = await askTwinsOnce(questions, fingerprint, one => ask(one, options));
  return found.map(one => ({ found: one, answer: answerFor(one, answers) }));
}

/** Where the new data key goes to a place of its own, that place is asked first: it may be as it shall be. */
async function ask({ finding, record }: Found, options: AskOptions): Promise<Answer> {
  const dataKey = finding as DataKey;
  const { writeTo } = dataKey;
  const absent = record.absent !== undefined;
  if (record.absent?.refused !== undefined)
    return { kind: 'settled', outcome: { kind: 'blocked', reason: record.absent.refused } };
  if (writeTo === undefined) return askKms({ dataKey, mustWrite: absent }, options);
  if (writeTo.ciphertext !== undefined && !writeTo.stale && !absent) {
    const copy = asWritten(dataKey, writeTo.ciphertext);
    const written = await askKms({ dataKey: copy, mustWrite: false, only: 'destination' }, options);
    if (written.kind === 'settled' && ['already-current', 'failed'].includes(written.outcome.kind))
      return written;
  }
  return askKms({ dataKey, mustWrite: true }, options);
}

/** The copy under the destination's context: of what the record says, nothing is about the copy. */
function asWritten(
  { kind, slot, encryptionContext, destinationContext }: DataKey,
  ciphertext: Uint8Array,
): DataKey {
  return { kind, slot, ciphertext, encryptionContext: destinationContext ?? encryptionContext };
}

function fingerprint({ finding, record }: Found): string {
  const { ciphertext, encryptionContext, destinationContext, recordedKeyArn, recordedAlgorithm, writeTo } =
    finding as DataKey;
  return [
    digest(ciphertext),
    canonicalContext(encryptionContext),
    canonicalContext(destinationContext ?? encryptionContext),
    recordedKeyArn,
    recordedAlgorithm,
    writeTo?.ciphertext && digest(writeTo.ciphertext),
    writeTo?.stale,
    record.absent !== undefined,
  ].join(' ');
}

function answerFor(found: Found, answers: ReadonlyMap<Found, Answer>): Answer {
  const { finding } = found;
  switch (finding.kind) {
    case 'data-key': {
      const answer = answers.get(found);
      if (answer === undefined)
        throw new Error(`no answer for slot ${finding.slot}: every data key of a page is asked`);
      return answer;
    }
    case 'unreadable':
    case 'unsupported':
      return { kind: 'settled', outcome: { kind: finding.kind, reason: finding.reason } };
  }
}
