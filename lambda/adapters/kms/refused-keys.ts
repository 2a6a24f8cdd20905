import { setTimeout as sleep } from 'node:timers/promises';
import { notYetAllowed } from '../../core/account/keep-moving.ts';
import type { NotReEncrypted } from '../../core/ports.ts';
import { isDenied, isOfIdentity, isTransient, messageOf, nameOf } from '../aws/errors.ts';
import { dryRunSucceeded, isNotYetVisible } from './errors.ts';
import type { Asked } from '../aws/refused-calls.ts';
import type { KmsChannel } from './channel.ts';

/** A KMS call about one data key, with the dry runs that show what its refusal is about. */
export interface KeyCall<T> {
  /** The operation with its keys: `kms:ReEncrypt from … to …`. */
  readonly name: string;
  readonly keyArns: readonly string[];
  send(): Promise<T>;
  /** The same call as a dry run, ciphertext included. */
  rehearse(): Promise<unknown>;
  /** The same call without a ciphertext (IGNORE_CIPHERTEXT), with its own contexts or with none. */
  rehearseKeys(contexts: 'own' | 'none'): Promise<unknown>;
}

/**
 * Tells the refusal of one data key from the refusal of its KMS keys. A key policy may have conditions on the encryption
 * context, and AWS does not document what KMS answers if a ciphertext's key is elsewhere, disabled or gone. So whenever
 * KMS refuses a call, repeat the last call that worked with the same keys as a dry run, or, if there is none, ask whether
 * the role may use the keys at all. If that succeeds, and the refusal is repeated, it concerns that data key alone. If
 * not, a grant or key may not be visible yet, so wait; after that, everything is refused.
 *
 * As long as an alias may not count everywhere yet, no denial is believed, neither of one data key nor of all: what works
 * here may be denied there.
 */
export class RefusedKeys {
  readonly #patienceMs: readonly number[];
  readonly #denialsMayPass: () => boolean;
  /** The last call that worked, by its name. Its contexts and ciphertext stay in memory. */
  readonly #worked = new Map<string, () => Promise<unknown>>();
  /** A question about the keys, not about one call, is asked once for all calls in flight. */
  readonly #asking = new Map<string, Promise<Rehearsed>>();

  constructor({ patienceMs, denialsMayPass }: Pick<KmsChannel, 'patienceMs' | 'denialsMayPass'>) {
    this.#patienceMs = patienceMs;
    this.#denialsMayPass = denialsMayPass;
  }

  /**
   * @throws the error of KMS where it is none of refusal, or where the keys themselves are refused
   * @throws ServiceUnavailable where a denial may pass
   */
  async ask<T>(call: KeyCall<T>): Promise<Asked<T>> {
    const denied = await this.#decided(call).then(
      asked => (asked.kind === 'refused' ? asked : { kind: 'answered' as const, asked }),
      (error: unknown) => ({ kind: 'thrown' as const, error }),
    );
    if (denied.kind === 'answered') return denied.asked;
    if (isDenied(denied.error) && this.#denialsMayPass())
      throw notYetAllowed(`${call.name}: ${messageOf(denied.error)}`, denied.error);
    if (denied.kind === 'thrown') throw denied.error as Error;
    return denied;
  }

  async #decided<T>(call: KeyCall<T>): Promise<Asked<T>> {
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

  /** KMS's refusal of the keys; `undefined` if the keys work, so that its refusal may concern one data key alone. */
  async #refusalOfKeys<T>(call: KeyCall<T>, error: unknown): Promise<unknown> {
    const worked = this.#worked.get(call.name);
    const again = worked && (await this.#once(`${call.name} again`, worked));
    if (again?.kind === 'works') return undefined;
    // AWS does not document whether a dry run without a ciphertext checks the state of keys. So KMS's message must not
    // name a key of ours.
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

/** KMS's errors for a key that is missing or not usable: a key of the call, or the key of the ciphertext. */
const OF_A_KEY = new Set(['DisabledException', 'KMSInvalidStateException', 'NotFoundException']);

function isOfAKey(error: unknown): boolean {
  return OF_A_KEY.has(nameOf(error));
}

/** By its ARN or its id. */
function namesKeyOf({ keyArns }: Pick<KeyCall<unknown>, 'keyArns'>, error: unknown): boolean {
  return keyArns.some(keyArn => messageOf(error).includes(keyArn.split('/').at(-1) ?? keyArn));
}

/** A dry run always fails. One name means that the call itself would succeed. */
async function rehearsed(rehearse: () => Promise<unknown>): Promise<Rehearsed> {
  try {
    await rehearse();
  } catch (error) {
    if (nameOf(error) === 'DryRunOperationException') return { kind: 'works' };
    // Without an answer there is nothing to believe.
    if (isTransient(error) || isOfIdentity(error)) throw error;
    return { kind: 'refused', error };
  }
  throw dryRunSucceeded();
}

/** The words for a refusal that concerns one data key alone. */
export function deniedAnswer(call: string, error: unknown): NotReEncrypted {
  return {
    kind: 'denied',
    reason: `${call} is refused for this data key alone (${nameOf(error)}: ${messageOf(error)}) and works with the same keys for others; check the conditions on encryption contexts in the key policies, and which key the data key is under`,
  };
}
