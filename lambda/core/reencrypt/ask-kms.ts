import type { DataKey } from '../model/data-key.ts';
import { proofOf, type DataKeyProof } from '../model/data-key-proof.ts';
import { digest } from '../model/digest.ts';
import type { EncryptionContext } from '../model/encryption-context.ts';
import { algorithmBeside, isAsymmetric, names, type PlannedKey } from '../model/key-use.ts';
import type { Outcome } from '../model/outcome.ts';
import type { NotReEncrypted } from '../ports.ts';
import { sideOf, type Attempt, type Attempts } from './attempts.ts';
import type { Reply } from '../keys/check-reply.ts';
import { mustTellMaterial, NOT_TOLD, materialAge } from './key-material.ts';
import { takeRoute, tryRoute } from '../routes/take-route.ts';
import type { RouteOptions } from '../routes/route.ts';

/** Reasons, in the words of the report. */
export function unreadableWith(keyArns: readonly string[]): string {
  return `KMS cannot open it with ${keyArns.join(', ')}: corrupt, or under another encryption context or another key`;
}
export const FOREIGN = "under none of the job's source keys, nor its destination key";

/** The result of asking KMS about one data key: something to write, or already an outcome. */
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
  /** The place to write to is still empty, so even an up-to-date data key must be written. */
  readonly mustWrite: boolean;
}

/** Tries the keys of the allow-list, likeliest first, until one is the key of this ciphertext. */
export async function askKms(question: Question, options: AskOptions): Promise<Answer> {
  const said = new Said();
  for (const attempt of options.attempts.for(question.dataKey)) {
    if (said.ruledOut(attempt)) continue;
    const answer = await askOne(question, attempt, options);
    if (answer.kind === 're-encrypted' || answer.kind === 'settled') return answer;
    said.add(attempt, answer);
  }
  return settled(underNone(said, options.attempts.unusable));
}

/** No key opened it. It is foreign only if every source key was asked, and each said that another key made it. */
function underNone({ denied, invalid }: Said, unusable: readonly PlannedKey[]): Outcome {
  if (denied !== undefined) return { kind: 'blocked', reason: denied };
  if (invalid.length > 0) return { kind: 'unreadable', reason: unreadableWith(invalid) };
  if (unusable.length === 0) return { kind: 'foreign-key', reason: FOREIGN };
  const notAsked = unusable.map(({ keyArn, unusable: words = '' }) => `${keyArn} ${words}`);
  return {
    kind: 'unreadable',
    reason: `under none of the keys that can be asked; ${notAsked.join('; ')}, and was not asked`,
  };
}

type Unknown = Extract<NotReEncrypted, { kind: 'incorrect-key' | 'invalid-ciphertext' | 'denied' }>;

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
    case 'denied':
      return answer;
    case 'rejected':
      return settled({ kind: 'unsupported', reason: rejected(destination) });
    case 'unavailable':
      return settled({ kind: 'failed', reason: answer.reason });
    case 'would-re-encrypt':
      attempts.remember(source);
      return settled(
        wouldReEncrypt(source, { ...options, mustWrite: mustWrite || !isLabelled(dataKey, destination) }),
      );
    case 're-encrypted': {
      attempts.remember(source);
      const written = { kind: 're-encrypted', reply: answer, context: request.destination.context } as const;
      return !mustWrite && isInPlace(source, answer) && isLabelled(dataKey, destination)
        ? (inPlace(answer, { ...options, dataKey, source }) ?? written)
        : written;
    }
  }
}

/** Key and context are already those of the destination. */
function isInPlace({ side }: Attempt, { source, destination }: Reply): boolean {
  return side === 'destination' && source.keyArn === destination.keyArn;
}

/** A stored ciphertext under the current key material is as good as the new one. */
function inPlace(
  reply: Reply,
  { attempts, dataKey, source }: AskOptions & { readonly dataKey: DataKey; readonly source: Attempt },
): Answer | undefined {
  switch (materialAge(reply, attempts.keys)) {
    case 'current':
      return settled({
        kind: 'already-current',
        source: reply.source,
        proof: opened(dataKey, source, reply),
      });
    case 'not-told':
      return settled({ kind: 'blocked', reason: NOT_TOLD, source: reply.source });
    case 'older':
      return undefined;
  }
}

function opened({ ciphertext }: DataKey, asked: Attempt, { source, requestIds }: Reply): DataKeyProof {
  const { encryptionAlgorithm, context } = asked;
  return proofOf({ of: digest(ciphertext), material: source, encryptionAlgorithm, context }, requestIds);
}

/** If the data key is already in its final state but the record names another key beside it, only the key ARN is set. */
function isLabelled({ recordedKeyArn }: DataKey, destination: PlannedKey): boolean {
  return recordedKeyArn === undefined || names(destination, recordedKeyArn);
}

function rejected({ encryptionAlgorithm, keyArn }: PlannedKey): string {
  return encryptionAlgorithm === 'SYMMETRIC_DEFAULT'
    ? 'KMS refuses this request (ValidationException)'
    : `KMS refuses it: the data key is too long for ${encryptionAlgorithm} with ${keyArn}`;
}

/** A dry run names no key material. A data key under the destination key counts as moved, unless its material is the question. */
function wouldReEncrypt(
  { keyArn, side, encryptionAlgorithm }: Attempt,
  { mustWrite, attempts }: Pick<AskOptions, 'attempts'> & Pick<Question, 'mustWrite'>,
): Outcome {
  const source = { keyArn, ...algorithmBeside(encryptionAlgorithm) };
  if (side === 'source' || mustWrite) return { kind: 'to-rewrap', source };
  return mustTellMaterial(attempts.keys)
    ? { kind: 'to-rewrap', source, reason: 'a dry run does not tell its key material' }
    : { kind: 'already-current', source };
}

function settled(outcome: Outcome): Answer {
  return { kind: 'settled', outcome };
}

/**
 * What KMS has said about one data key. `incorrect-key` rules its key out under every context, because KMS says it only if
 * another key made the ciphertext. `invalid-ciphertext` and `denied` rule out only that one request: AWS does not document
 * whether KMS checks the key or the context first, or what it says about a ciphertext whose key is deleted or elsewhere.
 */
class Said {
  /** Keys that may have made it, as far as is known. */
  readonly #invalid = new Set<string>();
  readonly #incorrect = new Set<string>();
  denied: string | undefined;

  get invalid(): readonly string[] {
    return [...this.#invalid];
  }

  add({ keyArn, encryptionAlgorithm }: Attempt, answer: Unknown): void {
    switch (answer.kind) {
      case 'incorrect-key':
        // An asymmetric key cannot know it, and may have made it with another algorithm.
        if (isAsymmetric({ encryptionAlgorithm })) {
          this.#invalid.add(keyArn);
          return;
        }
        this.#incorrect.add(keyArn);
        this.#invalid.delete(keyArn);
        return;
      case 'invalid-ciphertext':
        this.#invalid.add(keyArn);
        return;
      case 'denied':
        this.denied ??= answer.reason;
    }
  }

  ruledOut({ keyArn }: Attempt): boolean {
    return this.#incorrect.has(keyArn);
  }
}
