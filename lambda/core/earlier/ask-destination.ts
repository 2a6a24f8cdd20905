import type { DataKey, Finding, KeyMaterial } from '../model/data-key.ts';
import { canonicalContext, type EncryptionContext } from '../model/encryption-context.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { KeyService, ReEncryptAnswer } from '../ports.ts';
import { sideOf } from '../reencrypt/attempts.ts';
import { checkReply } from '../keys/check-reply.ts';
import { digest } from '../model/digest.ts';
import { ciphertextOf } from './asked-ciphertext.ts';

export type DestinationAnswer =
  | ReEncryptAnswer
  /** It opens under the destination key, but under none of the contexts that a reader builds. */
  | { readonly kind: 'other-context'; readonly source: KeyMaterial };

/**
 * Asks the destination key about ciphertexts, by re-encrypting them under the same key. If there are several contexts, the
 * context of the previous data key is tried first.
 */
export class DestinationKey {
  readonly #key: PlannedKey;
  readonly #service: KeyService;
  #likeliest = 0;

  constructor(key: PlannedKey, service: KeyService) {
    this.#key = key;
    this.#service = service;
  }

  async ask(finding: Finding): Promise<DestinationAnswer> {
    const ciphertext = ciphertextOf(finding) ?? new Uint8Array();
    if (this.#cannotHaveMade(ciphertext)) return { kind: 'incorrect-key' };
    const { readers, others } = contextsOf(finding);
    let answer: ReEncryptAnswer = { kind: 'invalid-ciphertext' };
    for (const { context, index } of likeliestFirst(readers, this.#likeliest)) {
      const said = await this.#reEncrypt(ciphertext, context);
      if (said.kind === 're-encrypted') this.#likeliest = index;
      if (!mayBeOfContext(said)) return said;
      if (answer.kind !== 'denied') answer = said;
    }
    for (const context of others) {
      const other = await this.#reEncrypt(ciphertext, context);
      if (other.kind === 're-encrypted') return { kind: 'other-context', source: other.source };
      if (!mayBeOfContext(other)) return other;
    }
    return answer;
  }

  async #reEncrypt(ciphertext: Uint8Array, context: EncryptionContext): Promise<ReEncryptAnswer> {
    const side = sideOf(this.#key, context);
    const request = { ciphertext, source: side, destination: side };
    const answer = await this.#service.reEncrypt(request);
    if (answer.kind === 're-encrypted') checkReply(request, answer);
    return answer;
  }

  #cannotHaveMade(ciphertext: Uint8Array): boolean {
    const { ciphertextBytes } = this.#key;
    return ciphertextBytes !== undefined && ciphertextBytes !== ciphertext.length;
  }
}

/** Under another context, KMS may say something else. */
function mayBeOfContext({ kind }: ReEncryptAnswer): boolean {
  return kind === 'invalid-ciphertext' || kind === 'denied';
}

/** The same text for questions that have the same answer. */
export function askedAbout(finding: Finding): string {
  const { readers, others } = contextsOf(finding);
  const contexts = [...readers, ...others].map(canonicalContext).join(' ');
  return `${digest(ciphertextOf(finding) ?? new Uint8Array())} ${readers.length} ${contexts}`;
}

interface AskedContexts {
  /** What a reader builds of the record as it is. */
  readonly readers: readonly EncryptionContext[];
  /** Contexts that no reader builds. They are asked only so that the mistake can be named. */
  readonly others: readonly EncryptionContext[];
}

/** If only the context is missing, an empty one may still show whose ciphertext it is, provided KMS checks the key first. */
function contextsOf(finding: Finding): AskedContexts {
  if (finding.kind !== 'data-key') return { readers: [{}], others: [] };
  const { contexts, readerContexts } = finding;
  const known = new Set(readerContexts.map(canonicalContext));
  const others = distinct(contexts.flatMap(({ source, destination }) => [destination, source]));
  return {
    readers: distinct(readerContexts),
    others: isCopy(finding) ? [] : others.filter(context => !known.has(canonicalContext(context))),
  };
}

/** A copy in a place of its own was written by a run, so it was never under the context of its source. */
function isCopy({ writeTo }: DataKey): boolean {
  return writeTo !== undefined;
}

function distinct(contexts: readonly EncryptionContext[]): readonly EncryptionContext[] {
  return [...new Map(contexts.map(context => [canonicalContext(context), context])).values()];
}

function likeliestFirst(
  contexts: readonly EncryptionContext[],
  likeliest: number,
): readonly { readonly context: EncryptionContext; readonly index: number }[] {
  const indexed = contexts.map((context, index) => ({ context, index }));
  return [
    ...indexed.filter(({ index }) => index === likeliest),
    ...indexed.filter(({ index }) => index !== likeliest),
  ];
}
