import { readProof } from './read-proof.ts';
import type { DataKeyProof } from '../model/data-key-proof.ts';
import type { JournalledOutcome } from './ports.ts';

/** How many records of the migrate pass are read ahead of the last one that was found, and kept behind it. */
const WINDOW = 5_000;
/**
 * A record may have thousands of data keys, so proofs are counted by themselves: some 500 bytes each make 10 MB. A data key
 * whose proof does not fit is asked about.
 */
const MOST_PROOFS = 20_000;

/** What a migrate pass journalled about a record. */
export interface Before {
  /** Of the record before the pass wrote. */
  readonly fingerprint?: string;
  /** Digests of its foreign ciphertexts: KMS said about every source key that another key made them. */
  readonly foreign: ReadonlySet<string>;
  /** By digests of ciphertexts: what KMS has said about them. */
  readonly proofs: ReadonlyMap<string, readonly DataKeyProof[]>;
  /** Of the journal. */
  readonly page: number;
}

interface Held extends Before {
  readonly foreign: Set<string>;
  readonly proofs: Map<string, DataKeyProof[]>;
  /** Its place among all records that were read. */
  readonly at: number;
}

/**
 * Outcomes of the migrate pass, looked up by locator while another pass goes through the same unit in the same order. It
 * keeps a window around the last record that was found, whatever the size of the unit. A record that is not in the journal
 * does not move the window, and nothing is known about one that has fallen out of it.
 */
export class OutcomesBefore {
  readonly #entries: AsyncIterator<JournalledOutcome>;
  readonly #window = new Map<string, Held>();
  #read = 0;
  #found = 0;
  #proofs = 0;
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

  /**
   * A page that was repeated has two entries for a record. The first one was there before any write, so its fingerprint
   * counts. What KMS has said counts in whichever entry it stands.
   */
  #add(entry: JournalledOutcome): void {
    const { locator, fingerprint, page, outcome, digest } = entry;
    const held = this.#window.get(locator) ?? {
      ...{ page, at: ++this.#read, foreign: new Set<string>(), proofs: new Map<string, DataKeyProof[]>() },
      ...(fingerprint !== undefined && { fingerprint }),
    };
    if (outcome === 'foreign-key' && digest !== undefined) held.foreign.add(digest);
    const proof = readProof(entry);
    if (proof !== undefined) this.#addProof(held, proof);
    this.#window.set(locator, held);
  }

  #addProof({ proofs }: Held, proof: DataKeyProof): void {
    const known = proofs.get(proof.digest) ?? [];
    if (this.#proofs >= MOST_PROOFS || known.some(one => one.contextDigest === proof.contextDigest)) return;
    proofs.set(proof.digest, [...known, proof]);
    this.#proofs++;
  }

  #moveTo(found: Held): void {
    this.#found = Math.max(this.#found, found.at);
    for (const [locator, { at, proofs }] of this.#window) {
      if (at >= this.#found - WINDOW) break;
      this.#window.delete(locator);
      for (const known of proofs.values()) this.#proofs -= known.length;
    }
  }
}
