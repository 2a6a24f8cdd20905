import { ServiceUnavailable } from '../../core/model/errors.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { StoreRecord } from '../../core/model/record.ts';
import type { ScanRange } from '../../core/model/run.ts';
import type { Busy, Clock, Deadline, RecordPage, RecordStore, WriteResult } from '../../core/ports.ts';
import { nextTry } from '../../core/write/next-try.ts';
import { WriteRoom } from '../../core/write/write-room.ts';
import { busyOf } from '../aws/busy.ts';

export interface PatiencePorts {
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly wait: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A call that the store has not accepted. */
interface Refused {
  readonly busy: Busy;
  readonly words: string;
}

/** When a call was first made, and how many writes the store had accepted by then. */
interface Began {
  readonly since: number;
  readonly taken: number;
}

const CURE =
  'where it is a table, raise its capacity, or the maximum of it; or lower limits.maxConcurrency; then start the same job again: it continues from there';

/**
 * Repeats calls that a busy store refuses. Throttling slows the worker down, by waits between its calls and by fewer
 * writes in flight, until its invocation has no time left.
 */
export class PatientRecords implements RecordStore {
  readonly #records: RecordStore;
  readonly #store: string;
  readonly #ports: PatiencePorts;
  readonly #room = new WriteRoom();
  /** Writes that the store has accepted. */
  #taken = 0;
  #spent: ServiceUnavailable | undefined;

  /** @param store as people call it */
  constructor(records: RecordStore, store: string, ports: PatiencePorts) {
    this.#records = records;
    this.#store = store;
    this.#ports = ports;
  }

  readPage(range: ScanRange, options: Parameters<RecordStore['readPage']>[1]): Promise<RecordPage> {
    return this.#read(() => this.#records.readPage(range, options));
  }

  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return this.#read(() => this.#records.find(locators));
  }

  reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    return this.#read(() => this.#records.reread(record));
  }

  takes(record: StoreRecord, places: readonly PlaceChange[]): boolean {
    return this.#records.takes(record, places);
  }

  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const began = this.#begin();
    for (let times = 1; ; times++) {
      const ticket = await this.#room.enter();
      const result = await this.#writeOnce(record, places, ticket);
      if (result.kind !== 'unavailable' || result.busy === undefined) return result;
      const refused = { busy: result.busy, words: result.reason };
      if ((await this.#waited(refused, { ...began, times })) === 'give-up') return result;
    }
  }

  /** Any answer, and any error except a busy store, frees the room that the call took. */
  async #writeOnce(
    record: StoreRecord,
    places: readonly PlaceChange[],
    ticket: number,
  ): Promise<WriteResult> {
    let answer: Parameters<WriteRoom['leave']>[1] = 'neither';
    try {
      if (this.#spent !== undefined) throw this.#spent;
      const result = await this.#records.write(record, places).catch((error: unknown) => {
        const busy = busyOf(error);
        if (busy === undefined) throw error;
        return { kind: 'unavailable', reason: (error as Error).message, busy } as const;
      });
      if (result.kind === 'written') {
        answer = 'taken';
        this.#taken++;
      } else if (result.kind === 'unavailable' && result.busy === 'throttled') answer = 'throttled';
      return result;
    } finally {
      this.#room.leave(ticket, answer);
    }
  }

  #begin(): Began {
    return { since: this.#ports.clock.now(), taken: this.#taken };
  }

  async #read<T>(ask: () => Promise<T>): Promise<T> {
    const began = this.#begin();
    for (let times = 1; ; times++)
      try {
        return await ask();
      } catch (error) {
        const busy = busyOf(error);
        if (busy === undefined) throw error;
        const refused = { busy, words: (error as Error).message };
        if ((await this.#waited(refused, { ...began, times })) === 'give-up') throw error;
      }
  }

  async #waited(
    { busy, words }: Refused,
    { since, taken, times }: Began & { readonly times: number },
  ): Promise<'again' | 'give-up'> {
    const { clock, deadline, wait, random } = this.#ports;
    const waitedMs = clock.now() - since;
    const takesOthers = this.#taken > taken;
    const next = nextTry({ busy, times, waitedMs, takesOthers, remainingMs: deadline.remaining() }, random());
    switch (next.kind) {
      case 'after':
        await wait(next.waitMs);
        return 'again';
      case 'never':
        return 'give-up';
      case 'next-invocation':
        this.#spent = new ServiceUnavailable(
          'store.busy',
          `${this.#store} is overloaded, and this invocation has no time left (${Math.round(waitedMs / 1000)} s of it went into waiting): ${words}; ${CURE}`,
        );
        throw this.#spent;
    }
  }
}
