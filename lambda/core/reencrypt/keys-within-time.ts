import type { Questions } from '../scan/turns.ts';
import type { Finding } from '../model/data-key.ts';
import { canonicalContext } from '../model/encryption-context.ts';
import type { DryRunAnswer, KeyService, ReEncryptAnswer, ReEncryptRequest } from '../ports.ts';
import { digest } from '../model/digest.ts';
import { NoTimeLeft } from './twins.ts';

/** Answers that stay true for these bytes for ever: a ciphertext never changes its key or its context. */
const LASTING = { k: 'incorrect-key', c: 'invalid-ciphertext' } as const;

/** One data key may be asked about with every key and context of a job: 20 keys with 30 contexts each are 600. */
const MOST_REMEMBERED = 2_000;

/**
 * KMS, as long as there is time. If the requests for one data key do not fit into an invocation, the checkpoint remembers
 * the ones that KMS has answered in the negative, in 37 characters each, and the next invocation continues with the rest.
 */
export class KeysWithinTime implements KeyService {
  readonly #keys: KeyService;
  /** By what was asked. */
  readonly #said = new Map<string, keyof typeof LASTING>();
  #questions: Questions | undefined;

  constructor(keys: KeyService, said: readonly string[] = []) {
    this.#keys = keys;
    for (const one of said) this.#said.set(one.slice(1), one.slice(0, 1) as keyof typeof LASTING);
  }

  /** Starts another page. The answers about the previous one have been accounted for. */
  during(questions: Questions): Questions {
    if (this.#questions !== undefined) this.#said.clear();
    this.#questions = questions;
    return questions;
  }

  /** The negative answers about a data key, for the next invocation. */
  readonly saidAbout = (finding: Finding): readonly string[] => {
    const ciphertexts = [
      'ciphertext' in finding ? finding.ciphertext : undefined,
      finding.kind === 'data-key' ? finding.writeTo?.ciphertext : undefined,
    ];
    const about = ciphertexts.flatMap(one => (one === undefined ? [] : [aboutCiphertext(one)]));
    return [...this.#said]
      .filter(([asked]) => about.some(prefix => asked.startsWith(prefix)))
      .map(([asked, letter]) => `${letter}${asked}`)
      .slice(0, MOST_REMEMBERED);
  };

  reEncrypt(request: ReEncryptRequest): Promise<ReEncryptAnswer> {
    return this.#ask(request, () => this.#keys.reEncrypt(request));
  }

  tryReEncrypt(request: ReEncryptRequest): Promise<DryRunAnswer> {
    return this.#ask(request, () => this.#keys.tryReEncrypt(request));
  }

  pace(requestsPerSecond: number): void {
    this.#keys.pace(requestsPerSecond);
  }

  takeUsage(): { readonly requests: number; readonly throttled: number } {
    return this.#keys.takeUsage();
  }

  async #ask<Answer extends { readonly kind: string }>(
    request: ReEncryptRequest,
    send: () => Promise<Answer>,
  ): Promise<Answer | { readonly kind: (typeof LASTING)[keyof typeof LASTING] }> {
    const known = this.#known(request);
    if (known !== undefined) return { kind: LASTING[known] };
    const end = this.#questions?.request();
    if (this.#questions !== undefined && end === undefined) throw new NoTimeLeft();
    const answer = await send();
    end?.();
    if (answer.kind === LASTING.k) this.#said.set(aboutRequest(request), 'k');
    if (answer.kind === LASTING.c) this.#said.set(aboutRequest(request), 'c');
    return answer;
  }

  /** Most pages have no negative answer, and the digests of a request take longer than most of what else is done for it. */
  #known(request: ReEncryptRequest): keyof typeof LASTING | undefined {
    return this.#said.size === 0 ? undefined : this.#said.get(aboutRequest(request));
  }
}

/** 48 bits for the ciphertext and 96 for the key, algorithm and context that it was asked with. */
function aboutCiphertext(ciphertext: Uint8Array): string {
  return digest(ciphertext).slice(0, 12);
}

function aboutRequest({ ciphertext, source }: ReEncryptRequest): string {
  const { keyArn, encryptionAlgorithm, context } = source;
  const asked = [digest(ciphertext), keyArn, encryptionAlgorithm, canonicalContext(context)];
  return aboutCiphertext(ciphertext) + digest(JSON.stringify(asked)).slice(0, 24);
}
