import type { KmsEvent } from './kms-event.ts';

/** CloudTrail delivers an event twice, if ever, within some files: far fewer calls than these are between the two. */
const REMEMBERED = 250_000;

/**
 * The events that were seen lately: the last so many ids at least, and twice as many at most. A busy key has more calls in three months than one
 * Set of JavaScript holds, 16.7 million.
 */
export class SeenEvents {
  readonly #most: number;
  #recent = new Set<string>();
  #before = new Set<string>();

  constructor(most = REMEMBERED) {
    this.#most = most;
  }

  /** Whether it was asked about this event lately. The same call in the trail of another account is the same event. */
  isKnown({ eventId, sharedEventId }: Pick<KmsEvent, 'eventId' | 'sharedEventId'>): boolean {
    const ids = sharedEventId === undefined ? [eventId] : [eventId, sharedEventId];
    const known = ids.some(id => this.#recent.has(id) || this.#before.has(id));
    for (const id of ids) this.#add(id);
    return known;
  }

  #add(id: string): void {
    if (this.#recent.size >= this.#most) {
      this.#before = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(id);
  }
}
