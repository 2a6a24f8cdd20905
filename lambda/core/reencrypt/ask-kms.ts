import type { DataKey } from '../model/data-key.ts';
import { isAsymmetric, type PlannedKey } from '../model/key-use.ts';
import type { Outcome } from '../model/outcome.ts';
import type { NotReEncrypted } from '../ports.ts';
import { destinationContext, sideOf, type Attempt, type Attempts } from './attempts.ts';
import type { Reply } from './check-reply.ts';
import { takeRoute, tryRoute, type RouteOptions } from './take-route.ts';

/** Reasons, in the words of the report. */
export const UNREADABLE =
  'KMS cannot open it: corrupt, or the encryption context is not the one it was made with';
export const FOREIGN = "under none of the job's source keys, nor its destination key";

/** What KMS said of one data key: something to write, or an outcome already. */
export type Answer =
  | { readonly kind: 're-encrypted'; readonly reply: Reply }
  | { readonly kind: 'settled'; readonly outcome: Outcome };

export interface AskOptions extends RouteOptions {
  readonly attempts: Attempts;
  readonly destination: PlannedKey;
  readonly dryRun: boolean;
}

export interface Question {
  readonly dataKey: DataKey;
  /** The place to write to holds nothing yet: a data key that is current must be written all the same. */
  readonly mustWrite: boolean;
  /** Only whether it is under the destination already. */
  readonly only?: 'destination';
}

/** Tries the keys of the allow-list, likeliest first, until one is the key of this ciphertext. */
export async function askKms(question: Question, options: AskOptions): Promise<Answer> {
  const { dataKey, only } = question;
  const ruledOut = new RuledOut();
  for (const attempt of options.attempts.for(dataKey)) {
    if (ruledOut.has(attempt) || (only !== undefined && attempt.side !== only)) continue;
    const answer = await askOne(question, attempt, options);
    if (answer.kind === 'incorrect-key' || answer.kind === 'invalid-ciphertext')
      ruledOut.add(attempt, answer.kind);
    else return answer;
  }
  return settled(
    ruledOut.unreadable
      ? { kind: 'unreadable', reason: UNREADABLE }
      : { kind: 'foreign-key', reason: FOREIGN },
  );
}

type Unknown = Extract<NotReEncrypted, { kind: 'incorrect-key' | 'invalid-ciphertext' }>;

async function askOne(
  { dataKey, mustWrite }: Question,
  source: Attempt,
  options: AskOptions,
): Promise<Answer | Unknown> {
  const { attempts, destination } = options;
  const request = {
    ciphertext: dataKey.ciphertext,
    source,
    destination: sideOf(destination, destinationContext(dataKey)),
  };
  const answer = options.dryRun ? await tryRoute(request, options) : await takeRoute(request, options);
  switch (answer.kind) {
    case 'incorrect-key':
    case 'invalid-ciphertext':
      return answer;
    case 'rejected':
      return settled({ kind: 'unsupported', reason: rejected(destination) });
    case 'unavailable':
      return settled({ kind: 'failed', reason: answer.reason });
    case 'would-re-encrypt':
      attempts.remember(source);
      return settled(wouldReEncrypt(source, mustWrite));
    case 're-encrypted':
      attempts.remember(source);
      return !mustWrite && isCurrent(source, answer)
        ? settled({ kind: 'already-current', source: answer.source })
        : { kind: 're-encrypted', reply: answer };
  }
}

/** Key, context and key material are those of the destination: the stored ciphertext is as good as the new one. */
function isCurrent({ side }: Attempt, { source, destination }: Reply): boolean {
  return (
    side === 'destination' &&
    source.keyArn === destination.keyArn &&
    source.keyMaterialId === destination.keyMaterialId
  );
}

function rejected({ encryptionAlgorithm, keyArn }: PlannedKey): string {
  return encryptionAlgorithm === 'SYMMETRIC_DEFAULT'
    ? 'KMS refuses this very request (ValidationException)'
    : `KMS refuses it: the data key is too long for ${encryptionAlgorithm} with ${keyArn}`;
}

/** A dry run tells no key material: under the destination key, a data key is taken to be where it shall be. */
function wouldReEncrypt({ keyArn, side }: Attempt, mustWrite: boolean): Outcome {
  const source = { keyArn };
  return side === 'destination' && !mustWrite
    ? { kind: 'already-current', source }
    : { kind: 'to-rewrap', source };
}

function settled(outcome: Outcome): Answer {
  return { kind: 'settled', outcome };
}

/**
 * Which keys an answer rules out. `incorrect-key` rules out its key. A symmetric key that answers `invalid-ciphertext`
 * is the key, or nobody's: only its other context, or an asymmetric key, may still open it. Asymmetric keys cannot
 * tell another key's ciphertext from a corrupt one.
 */
class RuledOut {
  readonly #incorrect = new Set<string>();
  #symmetricKey: string | undefined;
  unreadable = false;

  add(attempt: Attempt, kind: Unknown['kind']): void {
    if (kind === 'incorrect-key') {
      this.#incorrect.add(attempt.keyArn);
      return;
    }
    this.unreadable = true;
    if (!isAsymmetric(attempt)) this.#symmetricKey = attempt.keyArn;
  }

  has(attempt: Attempt): boolean {
    if (this.#incorrect.has(attempt.keyArn)) return true;
    return (
      this.#symmetricKey !== undefined && !isAsymmetric(attempt) && attempt.keyArn !== this.#symmetricKey
    );
  }
}
