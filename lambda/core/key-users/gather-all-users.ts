import { parseKeyReference } from '../model/arn.ts';
import { fullKeyReference } from '../model/full-key-reference.ts';
import { KeyBook } from './key-book.ts';
import type { KmsEvent } from './kms-event.ts';
import type { KeyUsers } from './key-user.ts';
import { isDryRun } from './refusal.ts';
import { SeenEvents } from './seen-events.ts';

/** Who uses one of many keys. `key`: its ARN, or the ARN of an alias where KMS has not said which key that was. */
export interface UsersByKey extends Pick<KeyUsers, 'users' | 'refused'> {
  readonly key: string;
}

/**
 * Puts together who uses which key of all that a trail names, event by event. Memory grows with the users of each key, and not with the calls.
 */
export class UsersOfAllKeys {
  readonly #partition: string;
  readonly #withValues: boolean;
  readonly #seen = new SeenEvents();
  readonly #books = new Map<string, KeyBook>();

  /** @param partition of the account whose trail it is: calls that failed name keys by ids and aliases, too */
  constructor(partition: string, { withValues = false }: { readonly withValues?: boolean } = {}) {
    this.#partition = partition;
    this.#withValues = withValues;
  }

  add(event: KmsEvent): void {
    if (isDryRun(event.errorCode) || this.#seen.isKnown(event)) return;
    for (const key of event.keys) {
      const name = this.#nameOf(key.reference, event);
      if (name === undefined) continue;
      const book = this.#books.get(name) ?? new KeyBook(this.#withValues);
      this.#books.set(name, book);
      book.add(key, event);
    }
  }

  gathered(): readonly UsersByKey[] {
    return [...this.#books].map(([key, book]) => ({ key, users: book.users(), refused: book.refused() }));
  }

  /** What is no name of a key can have been refused only, and says nothing about any. */
  #nameOf(reference: string, { region, account }: KmsEvent): string | undefined {
    if (account === undefined) return parseKeyReference(reference)?.arn;
    const owner = { partition: this.#partition, region, account };
    return parseKeyReference(fullKeyReference(reference, owner))?.arn;
  }
}
