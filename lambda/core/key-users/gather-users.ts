import { keyMeant, type AskedKey } from './asked-key.ts';
import { count, iso, KeyBook, type Counted } from './key-book.ts';
import type { KmsEvent } from './kms-event.ts';
import type { KeyUsers } from './key-user.ts';
import { isDryRun } from './refusal.ts';
import { SeenEvents } from './seen-events.ts';

interface Options {
  /** Whether whole encryption contexts are kept, and not their names alone. @default false */
  readonly withValues?: boolean;
  /** The id of a call with the key that is looked for. @default none is */
  readonly awaited?: string | undefined;
}

/** Puts together who uses a key, event by event. Memory grows with the number of users, and not with the calls. */
export class UsersOfKey {
  readonly #asked: AskedKey;
  readonly #awaited: string | undefined;
  readonly #seen = new SeenEvents();
  readonly #book: KeyBook;
  readonly #replicas = new Map<string, Counted>();
  #hasAwaited = false;

  constructor(asked: AskedKey, { withValues = false, awaited }: Options = {}) {
    this.#asked = asked;
    this.#awaited = awaited;
    this.#book = new KeyBook(withValues);
  }

  /** CloudTrail may deliver an event twice. It counts once. */
  add(event: KmsEvent): void {
    if (isDryRun(event.errorCode)) return;
    const meant = event.keys.map(key => ({ key, which: keyMeant(this.#asked, key.reference, event) }));
    if (meant.every(({ which }) => which === 'another')) return;
    this.#hasAwaited ||= this.#isAwaited(event);
    if (this.#seen.isKnown(event)) return;
    for (const { key, which } of meant) {
      if (which === 'this') this.#book.add(key, event);
      if (which === 'replica') count(this.#replicas, key.reference, event.at, {});
    }
  }

  /** Whether the call that is looked for was among them. */
  get hasAwaited(): boolean {
    return this.#hasAwaited;
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

  #isAwaited({ eventId, sharedEventId }: KmsEvent): boolean {
    return this.#awaited !== undefined && [eventId, sharedEventId].includes(this.#awaited);
  }
}
