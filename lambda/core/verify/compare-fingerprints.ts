import type { OutcomeEntry } from '../journal/entries.ts';
import { MAX_FAILURES, type Fingerprints } from '../model/books.ts';
import { storeName } from '../model/job.ts';
import type { StoreRecord } from '../model/record.ts';
import type { UnitProgress } from '../model/books.ts';
import type { OutcomeArchive } from '../ports.ts';
import { fingerprintOf } from '../scan/fingerprint.ts';
import type { UnitScope } from '../scan/unit-scope.ts';

/** Entries of the migrate pass that are looked ahead from the last record that was found, and held behind it. */
const WINDOW = 5_000;
/** The passes' pages drift apart where writers add and delete; so many are looked at again. */
const PAGES_BACK = 5;

/**
 * Fingerprints that the migrate pass took before it wrote, found by locator while the verify pass goes through the same
 * unit in the same order. Holds a window around the last one that was found, whatever the size of the unit: a record
 * that is not in the journal does not move it, and what has drifted out of it is not compared.
 */
export class FingerprintsBefore {
  readonly #entries: AsyncIterator<OutcomeEntry>;
  readonly #window = new Map<string, { readonly fingerprint: string; readonly at: number }>();
  #read = 0;
  #found = 0;
  #ended = false;

  constructor(entries: AsyncIterable<OutcomeEntry>) {
    this.#entries = entries[Symbol.asyncIterator]();
  }

  async of(locator: string): Promise<string | undefined> {
    while (!this.#window.has(locator) && !this.#ended && this.#read < this.#found + WINDOW) {
      const next = await this.#entries.next();
      if (next.done === true) this.#ended = true;
      else this.#add(next.value);
    }
    const held = this.#window.get(locator);
    if (held !== undefined) this.#moveTo(held.at);
    return held?.fingerprint;
  }

  /** A page that was worked twice tells twice: what was read first was there before any write. */
  #add({ locator, fingerprint }: OutcomeEntry): void {
    const at = ++this.#read;
    if (fingerprint !== undefined && !this.#window.has(locator))
      this.#window.set(locator, { fingerprint, at });
  }

  #moveTo(found: number): void {
    this.#found = Math.max(this.#found, found);
    for (const [locator, { at }] of this.#window) {
      if (at >= this.#found - WINDOW) break;
      this.#window.delete(locator);
    }
  }
}

/** Where the verify pass goes on, in the journals of the runs that have migrated the unit, oldest first. */
export function fingerprintsBefore(
  { unit, plan }: UnitScope,
  { pages }: UnitProgress,
  archive: OutcomeArchive,
): FingerprintsBefore | undefined {
  if (plan.fingerprints !== true || plan.mode !== 'migrate') return undefined;
  const runs = [...[...(plan.continues ?? [])].reverse(), plan.runId];
  const fromPage = Math.max(0, pages - PAGES_BACK);
  return new FingerprintsBefore(
    (async function* () {
      for (const runId of runs) yield* archive.outcomesOf({ ...unit, runId }, fromPage);
    })(),
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
