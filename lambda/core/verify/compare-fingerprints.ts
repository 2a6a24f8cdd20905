import { MAX_FAILURES, type Fingerprints } from '../model/books.ts';
import { storeName } from '../model/job.ts';
import type { StoreRecord } from '../model/record.ts';
import type { UnitProgress } from '../model/books.ts';
import type { JournalledOutcome, OutcomeArchive } from '../journal/ports.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** Records of the migrate pass that are looked ahead from the last one that was found, and held behind it. */
const WINDOW = 5_000;
/** Records may have been found in another order than the migrate pass saw them; so many pages are looked at again. */
const PAGES_BACK = 5;

interface Held {
  readonly fingerprint: string;
  readonly page: number;
  /** Its place among all records that were read. */
  readonly at: number;
}

/**
 * Fingerprints that the migrate pass took before it wrote, found by locator while the verify pass goes through the same
 * unit in the same order. Holds a window around the last one that was found, whatever the size of the unit: a record
 * that is not in the journal does not move it, and what has drifted out of it is not compared.
 */
export class FingerprintsBefore {
  readonly #entries: AsyncIterator<JournalledOutcome>;
  readonly #window = new Map<string, Held>();
  #page: number;
  #read = 0;
  #found = 0;
  #ended = false;

  constructor(entries: AsyncIterable<JournalledOutcome>, page = 0) {
    this.#entries = entries[Symbol.asyncIterator]();
    this.#page = page;
  }

  /** The last page of the journal in which a record was found. */
  get page(): number {
    return this.#page;
  }

  async of(locator: string): Promise<string | undefined> {
    while (!this.#window.has(locator) && !this.#ended && this.#read < this.#found + WINDOW) {
      const next = await this.#entries.next();
      if (next.done === true) this.#ended = true;
      else this.#add(next.value);
    }
    const held = this.#window.get(locator);
    if (held !== undefined) this.#moveTo(held);
    return held?.fingerprint;
  }

  /** A page that was worked twice tells twice: what was read first was there before any write. */
  #add({ locator, fingerprint, page }: JournalledOutcome): void {
    if (fingerprint === undefined || this.#window.has(locator)) return;
    this.#window.set(locator, { fingerprint, page, at: ++this.#read });
  }

  #moveTo(found: Held): void {
    this.#page = Math.max(this.#page, found.page);
    this.#found = Math.max(this.#found, found.at);
    for (const [locator, { at }] of this.#window) {
      if (at >= this.#found - WINDOW) break;
      this.#window.delete(locator);
    }
  }
}

/**
 * Where the verify pass goes on, in the journals of the runs that have migrated the unit, oldest first. Their pages are
 * counted on from one run to the next; those of the two passes are of different sizes, so its checkpoint says where it is.
 * Checkpoints of earlier versions, whose pages were of one size, do not.
 */
export function fingerprintsBefore(
  { unit, plan }: UnitScope,
  { pages, comparedTo = pages }: UnitProgress,
  archive: OutcomeArchive,
): FingerprintsBefore | undefined {
  if (plan.fingerprints !== true || plan.mode !== 'migrate') return undefined;
  const runs = [...[...(plan.continues ?? [])].reverse(), plan.runId];
  const fromPage = Math.max(0, comparedTo - PAGES_BACK);
  return new FingerprintsBefore(
    (async function* () {
      for (const runId of runs) yield* archive.outcomesOf({ ...unit, runId }, fromPage);
    })(),
    comparedTo,
  );
}

/** The records of a page whose fingerprint was taken before: how many, and which of them are not what they were. */
export async function compareFingerprints(
  records: readonly StoreRecord[],
  { store, format }: UnitScope,
  before: FingerprintsBefore,
): Promise<Fingerprints> {
  let compared = 0;
  const changed: { store: string; locator: string }[] = [];
  for (const record of records) {
    const was = await before.of(record.locator);
    if (was === undefined) continue;
    compared++;
    if (was !== fingerprintOf(record, format.declared))
      changed.push({ store: storeName(store), locator: record.locator });
  }
  return { compared, changed: changed.length, first: changed.slice(0, MAX_FAILURES) };
}
