import { setTimeout as sleep } from 'node:timers/promises';
import type { NotReEncrypted } from '../../core/ports.ts';
import { isDenied, isOfIdentity, isTransient, messageOf, nameOf } from '../aws/errors.ts';
import { dryRunSucceeded, isNotYetVisible } from './errors.ts';
import type { Asked } from '../aws/refused-calls.ts';

/** A call of KMS about one data key, and the dry runs that tell what a refusal of it is about. */
export interface KeyCall<T> {
  /** What is done with which keys: `kms:ReEncrypt from … to …`. */
  readonly name: string;
  readonly keyArns: readonly string[];
  send(): Promise<T>;
  /** The very same call, ciphertext and all. */
  rehearse(): Promise<unknown>;
  /** The same with no ciphertext (IGNORE_CIPHERTEXT), under its own contexts or under none. */
  rehearseKeys(contexts: 'own' | 'none'): Promise<unknown>;
}

/**
 * Tells a data key that KMS refuses from keys that it refuses. A key policy may have conditions on the encryption context,
 * and AWS does not document what KMS says of a ciphertext whose key is elsewhere, disabled or gone. So whenever KMS refuses
 * a call, the last one that it made with the same keys is asked for again, as a dry run; where there is none, whether the
 * role may use the keys at all. If so, the refusal is that data key's own, once it has been said twice. If not, it may be
 * one of a grant or key that is not visible yet, which is waited for; then it is all of them that are refused.
 */
export class RefusedKeys {
  readonly #patienceMs: readonly number[];
  /** By the name of a call: the last one that worked. Its contexts and ciphertext stay in memory. */
  readonly #worked = new Map<string, () => Promise<unknown>>();
  /** Calls in flight ask what is about their keys, not about them, once for all. */
  readonly #asking = new Map<string, Promise<Rehearsed>>();

  constructor(patienceMs: readonly number[]) {
    this.#patienceMs = patienceMs;
  }

  /** @throws the error of KMS where it is none of refusal, or where the keys themselves are refused */
  async ask<T>(call: KeyCall<T>): Promise<Asked<T>> {
    let asked = await this.#send(call);
    for (const wait of [...this.#patienceMs, undefined]) {
      if (asked.kind === 'answered') return asked;
      const refusal = await this.#refusalOfKeys(call, asked.error);
      if (refusal === undefined) return this.#send(call);
      if (wait === undefined || !isNotYetVisible(refusal)) throw refusal as Error;
      await sleep(wait);
      asked = await this.#send(call);
    }
    return asked;
  }

  async #send<T>(call: KeyCall<T>): Promise<Asked<T>> {
    try {
      const answer = await call.send();
      this.#worked.set(call.name, () => call.rehearse());
      return { kind: 'answered', answer };
    } catch (error) {
      if (!isDenied(error) && !isOfAKey(error)) throw error;
      return { kind: 'refused', error };
    }
  }

  /** What KMS says of the keys, `undefined` where they work: what it has said of the data key may be about that one alone. */
  async #refusalOfKeys<T>(call: KeyCall<T>, error: unknown): Promise<unknown> {
    const worked = this.#worked.get(call.name);
    const again = worked && (await this.#once(`${call.name} again`, worked));
    if (again?.kind === 'works') return undefined;
    // Whether a dry run without a ciphertext looks at the state of keys is not documented: KMS's words must not be of ours.
    if (!isDenied(error) && (again !== undefined || namesKeyOf(call, error))) return again?.error ?? error;
    const bare = await this.#once(call.name, () => call.rehearseKeys('none'));
    if (bare.kind === 'works') return undefined;
    const own = isDenied(error) ? await rehearsed(() => call.rehearseKeys('own')) : undefined;
    if (own?.kind === 'works') return undefined;
    return [again, bare].find(one => one !== undefined && isOfAKey(one.error))?.error ?? error;
  }

  #once(name: string, rehearse: () => Promise<unknown>): Promise<Rehearsed> {
    const asking = this.#asking.get(name) ?? rehearsed(rehearse).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }
}

type Rehearsed = { readonly kind: 'works' } | { readonly kind: 'refused'; readonly error: unknown };

/** What KMS says of a key that is not there, or not usable: of one of the call's, or of the ciphertext's. */
const OF_A_KEY = new Set(['DisabledException', 'KMSInvalidStateException', 'NotFoundException']);

function isOfAKey(error: unknown): boolean {
  return OF_A_KEY.has(nameOf(error));
}

/** By its ARN or its id. */
function namesKeyOf({ keyArns }: Pick<KeyCall<unknown>, 'keyArns'>, error: unknown): boolean {
  return keyArns.some(keyArn => messageOf(error).includes(keyArn.split('/').at(-1) ?? keyArn));
}

/** A dry run always fails: with one name where the call itself would succeed. */
async function rehearsed(rehearse: () => Promise<unknown>): Promise<Rehearsed> {
  try {
    await rehearse();
  } catch (error) {
    if (nameOf(error) === 'DryRunOperationException') return { kind: 'works' };
    // No answer is none to believe.
    if (isTransient(error) || isOfIdentity(error)) throw error;
    return { kind: 'refused', error };
  }
  throw dryRunSucceeded();
}

/** A refusal that is one data key's own, in words. */
export function deniedAnswer(call: string, error: unknown): NotReEncrypted {
  return {
    kind: 'denied',
    reason: `${call} is refused for this data key (${nameOf(error)}: ${messageOf(error)}), and allowed with these keys for others; look at the conditions on encryption contexts in the key policies, and at whose key it is under`,
  };
}
