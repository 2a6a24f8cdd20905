/** What became of a call about one record. */
export type Asked<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** The service refuses this record: no other one was refused, or others were not. */
  | { readonly kind: 'refused'; readonly error: unknown };

interface Call {
  /** An answer, or an error that is about the record's state: whoever calls may make this call. */
  worked: boolean;
  /** Calls that have no answer yet. */
  open: number;
  readonly refused: Set<string>;
  readonly undecided: (() => void)[];
}

/**
 * Tells a record that is refused from a store that is. A refusal is the record's own as soon as the same call has worked
 * for any other record. While none has, it waits for the calls that are under way: if they are refused as well, a second
 * record has been asked, and the whole store answers so. The refusal of a store's only record is that record's own.
 */
export class RefusedCalls {
  readonly #calls = new Map<string, Call>();
  readonly #isRefusal: (error: unknown) => boolean;

  /** `isRefusal`: errors that may be about one record or about all of them. All others are thrown, and mean no refusal. */
  constructor(isRefusal: (error: unknown) => boolean) {
    this.#isRefusal = isRefusal;
  }

  /** @throws the service's error where it is no refusal, or refuses every record that was asked */
  async ask<T>(name: string, record: string, send: () => Promise<T>): Promise<Asked<T>> {
    const call = this.#call(name);
    call.open++;
    try {
      const answer = await send();
      this.#settle(call, true);
      return { kind: 'answered', answer };
    } catch (error) {
      if (!this.#isRefusal(error)) {
        this.#settle(call, false);
        throw error;
      }
      call.refused.add(record);
      this.#settle(call, false);
      await decided(call);
      if (call.worked || call.refused.size === 1) return { kind: 'refused', error };
      throw error;
    }
  }

  /** An error that is no refusal, and tells all the same that the call may be made: a condition that does not hold. */
  worked(name: string): void {
    const call = this.#call(name);
    call.worked = true;
    wake(call);
  }

  #call(name: string): Call {
    const call = this.#calls.get(name) ?? { worked: false, open: 0, refused: new Set(), undecided: [] };
    this.#calls.set(name, call);
    return call;
  }

  #settle(call: Call, worked: boolean): void {
    call.open--;
    call.worked ||= worked;
    if (call.worked || call.open === 0) wake(call);
  }
}

async function decided(call: Call): Promise<void> {
  while (!call.worked && call.open > 0) await new Promise<void>(resolve => call.undecided.push(resolve));
}

function wake({ undecided }: Call): void {
  for (const resume of undecided.splice(0)) resume();
}
