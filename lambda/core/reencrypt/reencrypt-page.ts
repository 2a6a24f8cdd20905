import type { DataKey, KeyMaterial } from '../model/data-key.ts';
import { canonicalContext } from '../model/encryption-context.ts';
import type { Outcome } from '../model/outcome.ts';
import type { KeyService, ReEncryptAnswer } from '../ports.ts';
import { digest } from '../scan/digest.ts';
import type { Found } from '../scan/find-data-keys.ts';
import { checkReply } from './check-reply.ts';
import type { KeyOrder } from './key-order.ts';
import { askTwinsOnce } from './twins.ts';

/** Reasons, in the words of the report. */
export const UNREADABLE =
  'KMS cannot open it: corrupt, or the encryption context is not the one it was made with';
export const FOREIGN = "under none of the job's source keys, nor its destination key";

export type Reply = Extract<ReEncryptAnswer, { kind: 're-encrypted' }>;

/** KMS holds a ciphertext under the destination; nothing has been written yet. */
export interface ReEncrypted {
  readonly kind: 're-encrypted';
  readonly reply: Reply;
}

/** What KMS said of one data key: something to write, or an outcome already. */
export type Answer = ReEncrypted | { readonly kind: 'settled'; readonly outcome: Outcome };

export interface PageAnswer {
  readonly found: Found;
  readonly answer: Answer;
}

export interface ReEncryptOptions {
  readonly keys: KeyService;
  readonly order: KeyOrder;
  readonly destinationKeyArn: string;
}

/**
 * Asks KMS about every data key of a page. Equal ciphertexts under equal contexts (data-key caching makes
 * such twins common) are asked once, and all twins get the same new ciphertext.
 */
export async function reencryptPage(
  found: readonly Found[],
  options: ReEncryptOptions,
): Promise<readonly PageAnswer[]> {
  const dataKeys = found.flatMap(({ finding }) => (finding.kind === 'data-key' ? [finding] : []));
  const answers = await askTwinsOnce(dataKeys, fingerprint, dataKey => askKms(dataKey, options));
  return found.map(one => ({ found: one, answer: answerFor(one, answers) }));
}

function fingerprint({ ciphertext, encryptionContext, recordedKeyArn }: DataKey): string {
  return `${digest(ciphertext)} ${canonicalContext(encryptionContext)} ${recordedKeyArn ?? ''}`;
}

function answerFor({ finding }: Found, answers: ReadonlyMap<DataKey, Answer>): Answer {
  switch (finding.kind) {
    case 'data-key': {
      const answer = answers.get(finding);
      if (answer === undefined)
        throw new Error(`no answer for slot ${finding.slot}: every data key of a page is asked`);
      return answer;
    }
    case 'unreadable':
    case 'unsupported':
      return settled({ kind: finding.kind, reason: finding.reason });
  }
}

/** Tries the keys of the allow-list, likeliest first, until one is the key of this ciphertext. */
async function askKms(
  dataKey: DataKey,
  { keys, order, destinationKeyArn }: ReEncryptOptions,
): Promise<Answer> {
  for (const sourceKeyArn of order.candidates(dataKey.recordedKeyArn)) {
    const request = {
      ciphertext: dataKey.ciphertext,
      sourceKeyArn,
      destinationKeyArn,
      sourceContext: dataKey.encryptionContext,
      destinationContext: dataKey.encryptionContext,
    };
    const answer = await keys.reEncrypt(request);
    switch (answer.kind) {
      case 'incorrect-key':
        continue;
      case 'invalid-ciphertext':
        return settled({ kind: 'unreadable', reason: UNREADABLE });
      case 'unavailable':
        return settled({ kind: 'failed', reason: answer.reason });
      case 're-encrypted':
        checkReply(request, answer);
        order.remember(sourceKeyArn);
        return isCurrent(answer)
          ? settled({ kind: 'already-current', source: answer.source })
          : { kind: 're-encrypted', reply: answer };
    }
  }
  return settled({ kind: 'foreign-key', reason: FOREIGN });
}

function settled(outcome: Outcome): Answer {
  return { kind: 'settled', outcome };
}

/** Same key and same key material as before: the stored ciphertext is as good as the new one. */
function isCurrent({
  source,
  destination,
}: {
  readonly source: KeyMaterial;
  readonly destination: KeyMaterial;
}): boolean {
  return source.keyArn === destination.keyArn && source.keyMaterialId === destination.keyMaterialId;
}
