import type { Beyond, Position } from '../model/books.ts';
import { serverSideEncryptedIn, type ServerSideEncrypted } from '../model/server-side-encryption.ts';
import type { WrappedRecords } from '../model/wrapped-records.ts';
import type { Finding } from '../model/data-key.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import type { KeysOfRun } from '../model/run-plan.ts';
import type { RecordPage } from '../ports.ts';
import { findDataKeys, type Found } from './find-data-keys.ts';
import { wrappedIn } from './wrapped-records.ts';
import { dataKeyHandle, recordHandle } from './handles.ts';

/** What one checkpoint accounts for: a page, or as much of it as there was time for. */
export interface Part {
  /** Records that are finished with this page. */
  readonly records: readonly StoreRecord[];
  /** Locators of the records in which the format finds no data key. */
  readonly withoutDataKey: readonly string[];
  /** Of how many of these the body was read as well. */
  readonly bodiesRead: number;
  /** Records that are under keys of another table instead. */
  readonly wrappedBy: readonly WrappedRecords[];
  /** Objects that S3 itself encrypts with a source key. */
  readonly serverSideEncrypted: readonly ServerSideEncrypted[];
  readonly found: ReadonlySet<Found>;
  readonly position: Position;
}

export interface PagePlace {
  readonly format: BoundFormat;
  readonly keys: Pick<KeysOfRun, 'sources' | 'destination'>;
  /** The pass writes what it reads. */
  readonly writes: boolean;
  /** Where the page starts. */
  readonly cursor: string | undefined;
  readonly beyond: Beyond | undefined;
  /** The answers so far about a data key that there was not enough time for. */
  readonly saidAbout: (finding: Finding) => readonly string[];
  /** How many records may still be visited, if the unit is a sample. */
  readonly left: number;
}

/**
 * How many data keys are remembered of a record that is left half-way. An item holds at most 400 KB and a KMS ciphertext has
 * at least about 150 bytes, which makes 2,700. Digests of 4,096 take 60 KB of a checkpoint.
 */
const MAX_REMEMBERED = 4_096;
const TOO_MANY =
  'the record holds more data keys, or changes more often, than can be remembered while it is worked through in parts';

/** Records that were accounted for but did not show up again are gone, so they are not remembered for ever. */
const MAX_UNSEEN = 1_000;

/** A page as it was read, without what is already accounted for. */
export class WorkPage {
  readonly records: readonly StoreRecord[];
  /** Every data key to ask about, and every slot that should hold one but cannot be read. */
  readonly found: readonly Found[];
  /** Where the next page starts. */
  readonly next: string | undefined;
  readonly #place: PagePlace;
  readonly #unseen: Beyond | undefined;
  #done: Part | undefined;

  constructor(page: RecordPage, place: PagePlace) {
    const { beyond, left, format } = place;
    const passed = new Set(beyond?.records);
    const open = page.records.filter(record => !passed.has(recordHandle(record)));
    this.records = open.slice(0, left);
    this.next = open.length >= left ? undefined : page.cursor;
    this.found = this.records.flatMap(record => openOf(findDataKeys([record], format), place));
    this.#place = place;
    this.#unseen = beyond && unseen(beyond, page.records);
  }

  /** What was accounted for of it. */
  get done(): Part {
    if (this.#done === undefined) throw new Error('a page was left before anything of it was accounted for');
    return this.#done;
  }

  get whole(): boolean {
    return this.done.records.length === this.records.length;
  }

  /**
   * The part that ends before the first data key without an answer. If a record is left half-way, its answered data keys are
   * accounted for now; the record itself, and findings that need no question, are counted with its last part.
   */
  upTo(answered: ReadonlySet<Found>): Part {
    const missing = this.found.findIndex(one => !answered.has(one));
    this.#done = missing === -1 ? this.#all() : this.#before(missing);
    return this.#done;
  }

  #all(): Part {
    const { next } = this;
    const position = {
      ...(next !== undefined && { cursor: next, ...(this.#unseen && { beyond: this.#unseen }) }),
      done: next === undefined,
    };
    return this.#part(this.records, this.found, position);
  }

  #before(missing: number): Part {
    const { cursor, beyond } = this.#place;
    const left = this.found[missing]?.record;
    const records = this.records.slice(0, left && this.records.indexOf(left));
    const found = this.found
      .slice(0, missing)
      .filter(({ record, finding }) => record !== left || 'ciphertext' in finding);
    const within = left && recordHandle(left);
    const dataKeys = [
      ...(within === beyond?.within ? (beyond?.dataKeys ?? []) : []),
      ...found.filter(({ record }) => record === left).map(one => dataKeyHandle(one, this.#place)),
    ];
    const next = this.found[missing];
    const said = next === undefined ? [] : this.#place.saidAbout(next.finding);
    const position = {
      ...(cursor !== undefined && { cursor }),
      beyond: {
        records: [...(beyond?.records ?? []), ...records.map(recordHandle)],
        ...(within !== undefined && dataKeys.length > 0 && { within }),
        dataKeys,
        ...(said.length > 0 && { said }),
      },
      done: false,
    };
    return this.#part(records, found, position);
  }

  #part(records: readonly StoreRecord[], found: readonly Found[], position: Position): Part {
    const having = new Set(this.found.map(({ record }) => record));
    const within = this.#place.beyond?.within;
    const keyless = records.filter(record => !having.has(record) && recordHandle(record) !== within);
    const { without, wrappedBy } = wrappedIn(keyless, this.#place.format);
    return {
      ...{ records, found: new Set(found), position, wrappedBy },
      serverSideEncrypted: serverSideEncryptedIn(records, this.#place.keys),
      withoutDataKey: without.map(({ locator }) => locator),
      bodiesRead: without.filter(isBodyKnown).length,
    };
  }
}

/** An empty object has nothing to read. */
function isBodyKnown(record: StoreRecord): boolean {
  return record.kind === 'object' && (record.body !== undefined || record.size === 0);
}

/** What of a record is not accounted for yet. */
function openOf(found: readonly Found[], place: PagePlace): readonly Found[] {
  const { beyond } = place;
  const [first] = found;
  if (beyond === undefined || first === undefined || recordHandle(first.record) !== beyond.within)
    return found;
  const known = new Set(beyond.dataKeys);
  const open = found.filter(one => !known.has(dataKeyHandle(one, place)));
  return known.size < MAX_REMEMBERED ? open : open.map(inDoubt);
}

function inDoubt({ record, finding }: Found): Found {
  return { record, finding: { kind: 'unsupported', slot: finding.slot, reason: TOO_MANY } };
}

/** What was accounted for but is not on this page: it comes later, or is gone. */
function unseen(beyond: Beyond, shown: readonly StoreRecord[]): Beyond | undefined {
  const seen = new Set(shown.map(recordHandle));
  const records = beyond.records.filter(one => !seen.has(one)).slice(-MAX_UNSEEN);
  const within = beyond.within !== undefined && !seen.has(beyond.within);
  if (records.length === 0 && !within) return undefined;
  return within ? { records, within: beyond.within, dataKeys: beyond.dataKeys } : { records, dataKeys: [] };
}
