import type { Outcome } from '../model/outcome.ts';
import { questionOf } from '../reencrypt/reencrypt-page.ts';
import type { Found } from '../scan/find-data-keys.ts';

/** Some 200 bytes each. */
const MOST = 50_000;

/**
 * What KMS has said before, in this process, of data keys that need no write. A table is written to for many reasons, and each write
 * of an item is an event: KMS is not asked again about a data key that has stayed as it was. It is another question as soon as the
 * ciphertext, or anything else that KMS or a reader would be told, is another one.
 */
export class KnownDataKeys {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  of(found: Found): Outcome | undefined {
    return this.#outcomes.get(nameOf(found));
  }

  /** Only what stays true as long as the record stays as it is. */
  remember(found: Found, outcome: Outcome): void {
    if (!LASTING.includes(outcome.kind)) return;
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size >= this.#most && oldest !== undefined) this.#outcomes.delete(oldest);
    this.#outcomes.set(nameOf(found), outcome);
  }
}

const LASTING: readonly string[] = ['already-current', 'foreign-key', 'unreadable', 'unsupported'];

function nameOf(found: Found): string {
  const { finding, record } = found;
  if (finding.kind === 'data-key') return questionOf(found);
  return JSON.stringify([record.locator, finding.slot, finding.kind, finding.reason]);
}
