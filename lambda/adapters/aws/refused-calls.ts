/** What became of a call about one record. */
export type Asked<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** The service refuses this record: no other one was refused, or others were not. */
  | { readonly kind: 'refused'; readonly error: unknown };

/**
 * What an error of a call tells. `refusal`: it may be about this record or about all of them. `state`: the call may be
 * made, and the record is not as it would have to be. `other`: neither.
 */
export type Judgement = 'refusal' | 'state' | 'other';

/**
 * The same call for another record, made so that it cannot have an effect. It answers or fails as that call would: all
 * that counts is whether it is refused.
 */
export type Elsewhere = (record: string) => Promise<unknown>;

interface Call {
  /** An answer, or an error that is about the record's state: whoever calls may make this call. */
  worked: boolean;
  /** Calls that have no answer yet. */
  open: number;
  /** Kept only while nothing has worked: then two of them end the run. */
  readonly refused: Set<string>;
  readonly undecided: (() => void)[];
  elsewhere?: Promise<void>;
}

/** Records that a call is tried for before a store is said to refuse all of them. */
const OTHERS = 4;
/** The latest of the records that were read: 1 MB of names at most, as a key of S3 has up to 1,024 bytes. */
const SEEN = 1_000;

/**
 * Tells a record that is refused from a store that is. A refusal is the record's own as soon as the same call has worked
 * for any other record. While none has, it waits for the calls that are under way: if they are refused as well, a second
 * record has been asked. A later run may have only refused records left to write, so the call is then tried for some
 * that it need not write, without effect. If all of these are refused, the whole store answers so. The refusal of a
 * store's only record is that record's own.
 */
export class RefusedCalls {
  readonly #calls = new Map<string, Call>();
  readonly #judge: (error: unknown) => Judgement;
  readonly #elsewhere: Readonly<Record<string, Elsewhere>>;
  #seen: readonly string[] = [];

  /** `elsewhere`: by the name of a call, how to try it for another record. */
  constructor(judge: (error: unknown) => Judgement, elsewhere: Readonly<Record<string, Elsewhere>> = {}) {
    this.#judge = judge;
    this.#elsewhere = elsewhere;
  }

  /** Records of the store that a call may be tried for. */
  saw(records: readonly string[]): void {
    this.#seen = [...records, ...this.#seen].slice(0, SEEN);
  }

  /** @throws the service's error where it is no refusal, or refuses every record that was asked */
  async ask<T>(name: string, record: string, send: () => Promise<T>): Promise<Asked<T>> {
    const call = this.#call(name);
    call.open++;
    try {
      const answer = await send();
      settle(call, true);
      return { kind: 'answered', answer };
    } catch (error) {
      const judgement = this.#judge(error);
      if (judgement === 'refusal' && !call.worked) call.refused.add(record);
      settle(call, judgement === 'state');
      if (judgement !== 'refusal') throw error;
      await this.#decided(name, call);
      if (call.worked || call.refused.size === 1) return { kind: 'refused', error };
      throw error;
    }
  }

  #call(name: string): Call {
    const call = this.#calls.get(name) ?? { worked: false, open: 0, refused: new Set(), undecided: [] };
    this.#calls.set(name, call);
    return call;
  }

  async #decided(name: string, call: Call): Promise<void> {
    while (!call.worked && call.open > 0) await new Promise<void>(resolve => call.undecided.push(resolve));
    if (call.worked || call.refused.size === 1) return;
    call.elsewhere ??= this.#tryOthers(name, call);
    await call.elsewhere;
  }

  async #tryOthers(name: string, call: Call): Promise<void> {
    const others = [...new Set(this.#seen)].filter(record => !call.refused.has(record));
    const step = Math.max(1, Math.floor(others.length / OTHERS));
    const tried = others.filter((_, index) => index % step === 0).slice(0, OTHERS);
    for (const record of tried) {
      if (call.worked) return;
      call.worked = await this.#worksFor(record, this.#elsewhere[name]);
    }
  }

  async #worksFor(record: string, elsewhere: Elsewhere | undefined): Promise<boolean> {
    try {
      await elsewhere?.(record);
      return elsewhere !== undefined;
    } catch (error) {
      return this.#judge(error) === 'state';
    }
  }
}

function settle(call: Call, worked: boolean): void {
  call.open--;
  call.worked ||= worked;
  if (!call.worked && call.open > 0) return;
  for (const resume of call.undecided.splice(0)) resume();
}
