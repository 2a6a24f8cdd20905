import { MAX_FAILURES, type Fingerprints, type UnitProgress } from '../model/books.ts';
import { storeName } from '../stores/places.ts';
import type { StoreRecord } from '../model/record.ts';
import type { JournalledOutcome, OutcomeArchive } from '../journal/ports.ts';
import type { Ledger } from '../ports.ts';
import { freshProgress } from '../account/unit-progress.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** Records of the migrate pass that are looked ahead from the last one that was found, and held behind it. */
const WINDOW = 5_000;
/** Records may have been found in another order than the migrate pass saw them; so many pages are looked at again. */
const PAGES_BACK = 5;

/** What the migrate pass has journalled of a record before it wrote. */
export interface Before {
  readonly fingerprint?: string;
  /** Digests of its ciphertexts of which KMS has said to every source key that another key made them. */
  readonly foreign: ReadonlySet<string>;
  /** Of the journal. */
  readonly page: number;
}

interface Held extends Before {
  readonly foreign: Set<string>;
  /** Its place among all records that were read. */
  readonly at: number;
}

/**
 * Outcomes of the migrate pass, found by locator while the verify pass goes through the same unit in the same order. Holds a
 * window around the last record that was found, whatever the size of the unit: a record that is not in the journal does
 * not move it, and of one that has drifted out of it nothing is known.
 */
export class OutcomesBefore {
  readonly #entries: AsyncIterator<JournalledOutcome>;
  readonly #window = new Map<string, Held>();
  #read = 0;
  #found = 0;
  #ended = false;
  /** The last one read, of a record of which the next ones may be, too. */
  #next: JournalledOutcome | undefined;

  constructor(entries: AsyncIterable<JournalledOutcome>) {
    this.#entries = entries[Symbol.asyncIterator]();
  }

  async of(locator: string): Promise<Before | undefined> {
    while (!this.#window.has(locator) && !this.#ended && this.#read < this.#found + WINDOW)
      await this.#readRecord();
    const held = this.#window.get(locator);
    if (held !== undefined) this.#moveTo(held);
    return held;
  }

  /** All that the journal tells of one record in a row: one entry for each of its data keys. */
  async #readRecord(): Promise<void> {
    const first = this.#next ?? (await this.#entry());
    if (first === undefined) return;
    this.#add(first);
    for (;;) {
      this.#next = await this.#entry();
      if (this.#next?.locator !== first.locator) return;
      this.#add(this.#next);
    }
  }

  async #entry(): Promise<JournalledOutcome | undefined> {
    const next = await this.#entries.next();
    if (next.done !== true) return next.value;
    this.#ended = true;
    return undefined;
  }

  /** A page that was worked twice tells twice: what was read first was there before any write. */
  #add({ locator, fingerprint, page, outcome, digest }: JournalledOutcome): void {
    const held = this.#window.get(locator) ?? {
      ...{ page, at: ++this.#read, foreign: new Set<string>() },
      ...(fingerprint !== undefined && { fingerprint }),
    };
    if (outcome === 'foreign-key' && digest !== undefined) held.foreign.add(digest);
    this.#window.set(locator, held);
  }

  #moveTo(found: Held): void {
    this.#found = Math.max(this.#found, found.at);
    for (const [locator, { at }] of this.#window) {
      if (at >= this.#found - WINDOW) break;
      this.#window.delete(locator);
    }
  }
}

/**
 * Where the verify pass goes on, in the journals of this run and of those whose work on the unit it carries on, oldest
 * first. Their pages are counted on from one run to the next; those of the two passes are of different sizes, so its
 * checkpoint says where it is. Checkpoints of earlier versions, whose pages were of one size, do not.
 *
 * A ciphertext never changes its key, so what KMS has said of one in a migrate pass still holds for the same bytes; and a
 * run carries on only runs with the very same source keys (`workDigest`).
 */
export function outcomesBefore(
  { unit, plan }: UnitScope,
  { pages, comparedTo = pages }: UnitProgress,
  { archive, ledger }: { readonly archive: OutcomeArchive; readonly ledger: Pick<Ledger, 'lastCheckpoint'> },
): OutcomesBefore {
  const fromPage = Math.max(0, comparedTo - PAGES_BACK);
  return new OutcomesBefore(
    (async function* () {
      if (plan.mode !== 'migrate') return;
      const migrated = await ledger.lastCheckpoint(freshProgress(unit, 'migrate'), plan.runId);
      const runs = [...[...(migrated?.carriedFrom ?? plan.continues ?? [])].reverse(), plan.runId];
      for (const runId of runs) yield* archive.outcomesOf({ ...unit, runId }, fromPage);
    })(),
  );
}

/** The records of a page whose fingerprint was taken before: how many, and which of them are not what they were. */
export function compareFingerprints(
  records: readonly StoreRecord[],
  { store, format }: UnitScope,
  before: ReadonlyMap<StoreRecord, Before>,
): Fingerprints {
  let compared = 0;
  const changed: { store: string; locator: string }[] = [];
  for (const record of records) {
    const was = before.get(record)?.fingerprint;
    if (was === undefined) continue;
    compared++;
    if (was !== fingerprintOf(record, format.declared))
      changed.push({ store: storeName(store), locator: record.locator });
  }
  return { compared, changed: changed.length, first: changed.slice(0, MAX_FAILURES) };
}
