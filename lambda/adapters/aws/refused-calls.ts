/** What became of a call about one record. */
export type Asked<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** The service refuses this record. The same call works for others, or there are no others. */
  | { readonly kind: 'refused'; readonly error: unknown };

/**
 * What an error tells about a call. `refusal`: it may concern this record or all records. `state`: the caller may make
 * the call, but the record is not in the required state. `other`: neither.
 */
export type Judgement = 'refusal' | 'state' | 'other';

/**
 * The same call for another record, in a form that can have no effect. It succeeds or fails as that call would; only a
 * refusal matters.
 */
export type Elsewhere = (record: string) => Promise<unknown>;

interface Call {
  /** The call was answered, or failed for the record's state: either way the caller may make it. */
  worked: boolean;
  /** Calls without an answer so far. */
  open: number;
  /** Refusals, kept as long as no call has worked. Two of them end the run. */
  readonly refused: Set<string>;
  readonly undecided: (() => void)[];
  elsewhere?: Promise<void>;
}

/** How many records to try before concluding that a store refuses all of them. */
const OTHERS = 4;
/** The most recently read records. Their names take 1 MB at most, as an S3 key has up to 1,024 bytes. */
const SEEN = 1_000;

/**
 * Tells the refusal of a record from the refusal of a whole store. A refusal concerns one record as soon as the same call
 * has worked for another. Until then, wait for the calls in flight: if they are refused as well, a second record has been
 * asked. In a later run all records left to write may be refused, so try the call, without effect, for some records that
 * need no write. If all of these are refused, the store refuses everything. If a store has only one record, the refusal
 * concerns that record.
 */
export class RefusedCalls {
  readonly #calls = new Map<string, Call>();
  readonly #judge: (error: unknown) => Judgement;
  readonly #elsewhere: Readonly<Record<string, Elsewhere>>;
  #seen: readonly string[] = [];

  /** `elsewhere` holds, for each call, how to try it for another record. */
  constructor(judge: (error: unknown) => Judgement, elsewhere: Readonly<Record<string, Elsewhere>> = {}) {
    this.#judge = judge;
    this.#elsewhere = elsewhere;
  }

  /** Records of the store for which a call may be tried. */
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
