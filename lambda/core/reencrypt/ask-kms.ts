import type { DataKey } from '../model/data-key.ts';
import type { EncryptionContext } from '../model/encryption-context.ts';
import { isAsymmetric, names, type PlannedKey } from '../model/key-use.ts';
import type { Outcome } from '../model/outcome.ts';
import type { NotReEncrypted } from '../ports.ts';
import { sideOf, type Attempt, type Attempts } from './attempts.ts';
import type { Reply } from './check-reply.ts';
import { takeRoute, tryRoute, type RouteOptions } from './take-route.ts';

/** Reasons, in the words of the report. */
export function unreadableWith(keyArn: string): string {
  return `KMS cannot open it with ${keyArn}: corrupt, or under an encryption context that the job does not name`;
}
export const FOREIGN = "under none of the job's source keys, nor its destination key";

/** What KMS said of one data key: something to write, or an outcome already. */
export type Answer =
  | {
      readonly kind: 're-encrypted';
      readonly reply: Reply;
      /** What the new ciphertext is under; empty for asymmetric keys. */
      readonly context: EncryptionContext;
    }
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
}

/** Tries the keys of the allow-list, likeliest first, until one is the key of this ciphertext. */
export async function askKms(question: Question, options: AskOptions): Promise<Answer> {
  const ruledOut = new RuledOut();
  for (const attempt of options.attempts.for(question.dataKey)) {
    if (ruledOut.has(attempt)) continue;
    const answer = await askOne(question, attempt, options);
    if (answer.kind === 'incorrect-key' || answer.kind === 'invalid-ciphertext')
      ruledOut.add(attempt, answer.kind);
    else return answer;
  }
  return settled(underNone(ruledOut, options.attempts.unusable));
}

/** No key opened it. Only where every source key was asked and said no, it is known to be somebody else's. */
function underNone({ madeBy }: RuledOut, unusable: readonly PlannedKey[]): Outcome {
  if (madeBy !== undefined) return { kind: 'unreadable', reason: unreadableWith(madeBy) };
  if (unusable.length === 0) return { kind: 'foreign-key', reason: FOREIGN };
  const notAsked = unusable.map(({ keyArn, unusable: words = '' }) => `${keyArn} ${words}`);
  return {
    kind: 'unreadable',
    reason: `under none of the keys that can be asked; ${notAsked.join('; ')}, and was not asked`,
  };
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
    destination: sideOf(destination, source.shall),
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
      return settled(wouldReEncrypt(source, mustWrite || !isLabelled(dataKey, destination)));
    case 're-encrypted':
      attempts.remember(source);
      return !mustWrite && isCurrent(source, answer) && isLabelled(dataKey, destination)
        ? settled({ kind: 'already-current', source: answer.source })
        : { kind: 're-encrypted', reply: answer, context: request.destination.context };
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

/** A record that names another key beside a data key that is where it shall be gets its key ARN set. */
function isLabelled({ recordedKeyArn }: DataKey, destination: PlannedKey): boolean {
  return recordedKeyArn === undefined || names(destination, recordedKeyArn);
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
 * made this ciphertext, unless it is corrupt: no other symmetric key is worth asking, only other contexts and asymmetric
 * keys. Asymmetric keys cannot tell another key's ciphertext from a corrupt one.
 */
class RuledOut {
  readonly #incorrect = new Set<string>();
  #symmetricKey: string | undefined;
  /** The key that made it, unless it is corrupt. */
  madeBy: string | undefined;

  add(attempt: Attempt, kind: Unknown['kind']): void {
    if (kind === 'incorrect-key') {
      this.#incorrect.add(attempt.keyArn);
      return;
    }
    this.madeBy ??= attempt.keyArn;
    if (!isAsymmetric(attempt)) this.#symmetricKey = attempt.keyArn;
  }

  has(attempt: Attempt): boolean {
    if (this.#incorrect.has(attempt.keyArn)) return true;
    return (
      this.#symmetricKey !== undefined && !isAsymmetric(attempt) && attempt.keyArn !== this.#symmetricKey
    );
  }
}
