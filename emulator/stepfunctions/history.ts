import { HistoryFull } from './states-error.ts';

type Details = Readonly<Record<string, unknown>>;

interface HistoryEvent {
  readonly type: string;
  readonly timestamp: number;
  /** The id of the event before it in its branch of the execution, or 0. */
  readonly previous: number;
  readonly details?: Details;
}

export interface EventAt {
  readonly previous: number;
  /** Made only where events are kept. */
  readonly details?: (() => Details) | undefined;
}

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

  /** @returns the id of the event */
  record(type: string, at: EventAt): number {
    if (this.isFull) throw new HistoryFull(this.#most);
    return this.#add(type, at);
  }

  /** The end of the execution. There is always room for it. */
  end(type: string, at: EventAt): void {
    this.#add(type, at);
  }

  /** A history for a child, with the same bound. */
  ofChild(): History {
    return new History({ most: this.#most, kept: false });
  }

  #add(type: string, { previous, details }: EventAt): number {
    this.#count++;
    if (this.#kept)
      this.events.push({
        ...{ type, timestamp: Date.now(), previous },
        ...(details !== undefined && { details: details() }),
      });
    return this.#count;
  }
}

/**
 * A branch of an execution: its next event names the last one. Branches are those of a parallel state and the iterations of an
 * inline map.
 */
export class Trail {
  readonly history: History;
  #last: number;

  constructor(history: History, last = 0) {
    this.history = history;
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  record(type: string, details?: () => Details): number {
    return (this.#last = this.aside(type, details));
  }

  /** The event after it names the same one as it does, as events that close what lies within a state do. */
  aside(type: string, details?: () => Details): number {
    return this.history.record(type, { previous: this.#last, details });
  }

  /** An event that names another one than the last. */
  recordAfter(previous: number, type: string, details: () => Details): void {
    this.#last = this.history.record(type, { previous, details });
  }

  branch(): Trail {
    return new Trail(this.history, this.#last);
  }

  /** Goes on behind an event of a branch. */
  goOnAfter(event: number): void {
    this.#last = event;
  }
}
