import type { Books } from '../model/books.ts';
import type { WorkOfRun } from '../model/run-plan.ts';

/** How long the data keys of a page shall take: a stop takes effect soon, and a page fits well into an invocation. */
export const PAGE_SECONDS = 20;

/**
 * How many records to read at a time: what a worker asks KMS about in 20 seconds at its share of the rate as it is now, and
 * what it writes in that time. How many requests a record takes (data keys, keys and contexts that are tried, hops of the
 * route) is what it took so far in this unit, or in its last page if that was more.
 */
export class PageSizes {
  readonly #most: number;
  #perRecord: number;
  #secondsEach = 0;
  #books: Books;

  /** @param expected requests for a record, as long as none has been seen */
  constructor({ pageSize }: Pick<WorkOfRun, 'pageSize'>, books: Books, expected: number) {
    this.#most = pageSize;
    this.#books = books;
    this.#perRecord = books.records + books.dataKeys === 0 ? expected : requestsPerRecord(books);
  }

  at(requestsPerSecond: number): number {
    const secondsEach = Math.max(this.#perRecord / requestsPerSecond, this.#secondsEach);
    const fitting = Math.floor(PAGE_SECONDS / secondsEach);
    return Math.max(1, Math.min(this.#most, fitting));
  }

  /**
   * Called when a page is accounted for.
   *
   * @param conclusionMs how long it took to journal, write and account for what was asked
   */
  learn(books: Books, conclusionMs: number): void {
    const last = {
      records: books.records - this.#books.records,
      kms: { requests: books.kms.requests - this.#books.kms.requests },
    };
    this.#perRecord = Math.max(requestsPerRecord(books), requestsPerRecord(last));
    this.#secondsEach = conclusionMs / 1000 / Math.max(1, last.records);
    this.#books = books;
  }
}

/** Of a record that was left half-way it is only known that it takes more. */
function requestsPerRecord({
  records,
  kms,
}: {
  readonly records: number;
  readonly kms: { readonly requests: number };
}): number {
  return kms.requests / Math.max(1, records);
}
