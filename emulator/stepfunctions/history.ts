import { HistoryFull } from './states-error.ts';

interface HistoryEvent {
  readonly type: string;
  readonly timestamp: number;
  readonly details: Readonly<Record<string, unknown>>;
}

type Details = Readonly<Record<string, unknown>>;

/** The most events of a Standard execution (Step Functions guide, "Service quotas"). */
const MOST_EVENTS = 25_000;

/**
 * The events of one execution. The last one that there is room for can only be its end: if any other event is to come
 * there, the execution fails (guide, "Avoid reaching the history quota").
 */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #most: number;
  readonly #kept: boolean;
  #count = 0;

  /** @param kept false for the children of a map, whose events are counted and forgotten */
  constructor({ most = MOST_EVENTS, kept = true }: { readonly most?: number; readonly kept?: boolean } = {}) {
    this.#most = most;
    this.#kept = kept;
  }

  get count(): number {
    return this.#count;
  }

  /** Nothing but the end of the execution fits any more. */
  get isFull(): boolean {
    return this.#count >= this.#most - 1;
  }

  record(type: string, details: Details = {}): void {
    if (this.isFull) throw new HistoryFull(this.#most);
    this.#add(type, details);
  }

  /** The end of the execution. There is always room for it. */
  end(type: string): void {
    this.#add(type, {});
  }

  /** A history for a child, with the same bound. */
  ofChild(): History {
    return new History({ most: this.#most, kept: false });
  }

  #add(type: string, details: Details): void {
    this.#count++;
    if (this.#kept) this.events.push({ type, timestamp: Date.now(), details });
  }
}
