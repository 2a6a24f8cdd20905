import { keyMeant, type AskedKey } from './asked-key.ts';
import { count, iso, KeyBook, type Counted } from './key-book.ts';
import type { KmsEvent } from './kms-event.ts';
import type { KeyUsers } from './key-user.ts';
import { isDryRun } from './refusal.ts';

/** Puts together who uses a key, event by event. Memory grows with the number of users, and by an id with each call. */
export class UsersOfKey {
  readonly #asked: AskedKey;
  readonly #seen = new Set<string>();
  readonly #book: KeyBook;
  readonly #replicas = new Map<string, Counted>();

  /** @param withValues whether whole encryption contexts are kept, and not their names alone */
  constructor(asked: AskedKey, { withValues = false }: { readonly withValues?: boolean } = {}) {
    this.#asked = asked;
    this.#book = new KeyBook(withValues);
  }

  /** CloudTrail may deliver an event twice. It counts once. */
  add(event: KmsEvent): void {
    if (isDryRun(event.errorCode)) return;
    const meant = event.keys.map(key => ({ key, which: keyMeant(this.#asked, key.reference, event) }));
    if (meant.every(({ which }) => which === 'another') || this.#isKnown(event)) return;
    for (const { key, which } of meant) {
      if (which === 'this') this.#book.add(key, event);
      if (which === 'replica') count(this.#replicas, key.reference, event.at, {});
    }
  }

  /** Whether a call with the key has this id. */
  hasEvent(eventId: string): boolean {
    return this.#seen.has(eventId);
  }

  gathered(): KeyUsers {
    return {
      users: this.#book.users(),
      refused: this.#book.refused(),
      replicas: [...this.#replicas].map(([keyArn, { calls, last }]) => ({
        keyArn,
        calls,
        lastAt: iso(last),
      })),
    };
  }

  #isKnown({ eventId, sharedEventId }: KmsEvent): boolean {
    const ids = sharedEventId === undefined ? [eventId] : [eventId, sharedEventId];
    const known = ids.some(id => this.#seen.has(id));
    for (const id of ids) this.#seen.add(id);
    return known;
  }
}
