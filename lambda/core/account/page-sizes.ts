import type { Books } from '../model/books.ts';
import type { WorkOfRun } from '../model/run-plan.ts';

/** How long a page should take: short enough for a stop to take effect soon, and to fit well into an invocation. */
export const PAGE_SECONDS = 20;

/**
 * How many data keys a page has at most, as far as that is known beforehand. A worker holds two pages and what becomes of one, some 10 KB for each data
 * key, so that a million of them in items of 25 take no more memory than in items of one (decision 104).
 */
export const MOST_DATA_KEYS = 1_500;

/**
 * How many records to read at a time: as many as a worker can ask KMS about, and write, in 20 seconds at its current share
 * of the rate. The number of requests per record (data keys, keys and contexts tried, hops of the route) is the average of
 * this unit so far, or that of its last page if that was higher. Records that hold many data keys are read fewer at a time.
 */
export class PageSizes {
  readonly #most: number;
  readonly #least: number;
  #perRecord: number;
  #dataKeysEach: number;
  #secondsEach = 0;
  #books: Books;

  constructor(
    { pageSize }: Pick<WorkOfRun, 'pageSize'>,
    books: Books,
    { expected, least = 0, dataKeys = 0 }: Expected,
  ) {
    this.#most = pageSize;
    this.#books = books;
    this.#least = least;
    this.#perRecord =
      books.records + books.dataKeys === 0 ? expected : this.#atLeast(requestsPerRecord(books));
    this.#dataKeysEach = Math.max(dataKeys, dataKeysPerRecord(books));
  }

  at(requestsPerSecond: number): number {
    const secondsEach = Math.max(this.#perRecord / requestsPerSecond, this.#secondsEach);
    const fitting = Math.floor(PAGE_SECONDS / secondsEach);
    const held = Math.floor(MOST_DATA_KEYS / this.#dataKeysEach);
    return Math.max(1, Math.min(this.#most, fitting, held));
  }

  /**
   * Called when a page is accounted for.
   *
   * @param conclusionMs how long it took to journal, write and account for what was asked
   */
  learn(books: Books, conclusionMs: number): void {
    const last = {
      records: books.records - this.#books.records,
      dataKeys: books.dataKeys - this.#books.dataKeys,
      kms: { requests: books.kms.requests - this.#books.kms.requests },
    };
    this.#perRecord = this.#atLeast(Math.max(requestsPerRecord(books), requestsPerRecord(last)));
    this.#dataKeysEach = Math.max(dataKeysPerRecord(books), dataKeysPerRecord(last));
    this.#secondsEach = conclusionMs / 1000 / Math.max(1, last.records);
    this.#books = books;
  }

  #atLeast(requests: number): number {
    return Math.max(this.#least, requests);
  }
}

export interface RequestsPerRecord {
  /** As long as none has been seen. */
  readonly expected: number;
  /** What a record counts as, however few it takes. @default 0 */
  readonly least?: number;
}

/** What is known before the first page. */
interface Expected extends RequestsPerRecord {
  /** Data keys of a record, as Plan has seen them. @default not known, and not many */
  readonly dataKeys?: number;
}

function dataKeysPerRecord({ records, dataKeys }: Pick<Books, 'records' | 'dataKeys'>): number {
  return dataKeys / Math.max(1, records);
}

/** A record that was left half-way takes more requests than were counted; how many is not known. */
function requestsPerRecord({
  records,
  kms,
}: {
  readonly records: number;
  readonly kms: { readonly requests: number };
}): number {
  return kms.requests / Math.max(1, records);
}
