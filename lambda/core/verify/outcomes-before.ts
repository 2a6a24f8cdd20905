import { MAX_FAILURES, type Fingerprints, type UnitProgress } from '../model/books.ts';
import { storeName } from '../stores/places.ts';
import type { StoreRecord } from '../model/record.ts';
import type { JournalledOutcome, OutcomeArchive } from '../journal/ports.ts';
import type { Ledger } from '../ports.ts';
import { freshProgress } from '../account/unit-progress.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** How many records of the migrate pass are read ahead of the last one that was found, and kept behind it. */
const WINDOW = 5_000;
/** Records may be found in another order than in the migrate pass, so this many earlier pages are read again. */
const PAGES_BACK = 5;

/** What the migrate pass journalled about a record before it wrote. */
export interface Before {
  readonly fingerprint?: string;
  /** Digests of its foreign ciphertexts: KMS said about every source key that another key made them. */
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
 * Outcomes of the migrate pass, looked up by locator while the verify pass goes through the same unit in the same order. It
 * keeps a window around the last record that was found, whatever the size of the unit. A record that is not in the journal
 * does not move the window, and nothing is known about one that has fallen out of it.
 */
export class OutcomesBefore {
  readonly #entries: AsyncIterator<JournalledOutcome>;
  readonly #window = new Map<string, Held>();
  #read = 0;
  #found = 0;
  #ended = false;
  /** The last entry read. The next ones may belong to the same record. */
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

  /** Reads all consecutive entries of one record: one for each of its data keys. */
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

  /** A page that was repeated has two entries for a record. The first one was there before any write. */
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
 * Opens the journals of this run, and of the runs whose work on the unit it continues, oldest first, where the verify pass
 * left them. Pages are numbered through from one run to the next. The pages of the two passes differ in size, so the
 * checkpoint of the verify pass says where it is; earlier versions had pages of one size, and their checkpoints do not.
 *
 * A ciphertext never changes its key, so what KMS said about it in a migrate pass still holds for the same bytes. And a run
 * only continues runs with exactly the same source keys (`workDigest`).
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

/** Compares the records of a page with their earlier fingerprints: how many there are, and which have changed. */
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
