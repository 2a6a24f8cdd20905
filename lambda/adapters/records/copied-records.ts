import { BoundedReads } from './bounded-reads.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { StoreRecord } from '../../core/model/record.ts';
import type { ScanRange } from '../../core/model/run.ts';
import type { RecordPage, RecordStore, WriteResult } from '../../core/ports.ts';

/** A store that receives copies of another store's records. */
export interface CopyTarget extends RecordStore {
  /** Creates a record from its changed source, unless a record with that key exists by now. */
  create(source: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult>;
}

const REFUSED = 'not in the destination store, and the job does not create it (createMissing is false)';

/**
 * The records of a destination store, found by the keys of the source store. An existing record is used as it stands,
 * with the data key that its own payload was encrypted with. A missing one is shown as its source.
 */
export class CopiedRecords implements RecordStore {
  readonly #source: RecordStore;
  readonly #target: CopyTarget;
  readonly #createMissing: boolean;
  readonly #reads = new BoundedReads();

  constructor(source: RecordStore, target: CopyTarget, createMissing: boolean) {
    this.#source = source;
    this.#target = target;
    this.#createMissing = createMissing;
  }

  readPage(range: ScanRange, options: Parameters<RecordStore['readPage']>[1]): Promise<RecordPage> {
    return this.#reads.read(options.pageSize, async pageSize => {
      const page = await this.#source.readPage(range, { ...options, pageSize });
      const found = await this.#target.find(page.records.map(({ locator }) => locator));
      const { length } = page.records;
      if (found.length < length)
        return { kind: 'too-large', lookedAt: length, found: length, fitting: found.length };
      const records = page.records.map((source, index) => found[index] ?? this.#absent(source));
      return { kind: 'page', page: { ...page, records } };
    });
  }

  /** Looks only at the destination store. What is missing there was never written. */
  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    return this.#target.find(locators);
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    const there = await this.#target.reread(record);
    if (there !== undefined || record.absent === undefined) return there;
    const source = await this.#source.reread(record);
    return source && this.#absent(source);
  }

  /** A record is created with all its data keys at once. */
  takes(record: StoreRecord, places: readonly PlaceChange[]): boolean {
    return record.absent !== undefined || this.#target.takes(record, places);
  }

  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    if (record.absent === undefined) return this.#target.write(record, places);
    return record.absent.refused === undefined
      ? this.#target.create(record, places)
      : { kind: 'blocked', reason: record.absent.refused };
  }

  #absent(source: StoreRecord): StoreRecord {
    return { ...source, absent: this.#createMissing ? {} : { refused: REFUSED } };
  }
}
