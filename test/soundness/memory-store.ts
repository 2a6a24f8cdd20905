import { isDeepStrictEqual } from 'node:util';
import type { PlaceChange } from '../../lambda/core/model/place.ts';
import type { AttributeValue, StoreRecord } from '../../lambda/core/model/record.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import type { RecordPage, RecordStore, WriteResult } from '../../lambda/core/ports.ts';

/** A stored record as plain data: attributes in typed JSON, or the metadata of an object. */
export type Fields = Record<string, unknown>;
export type Path = readonly (string | number)[];

export interface Row {
  readonly id: string;
  fields: Fields;
  /** The body of an object, which no run reads. */
  readonly body?: string;
  /** S3 does not show its metadata. */
  readonly hidden?: true;
}

/** A table or bucket in memory, in the order of its ids, with conditions and nested updates as in DynamoDB. */
export class MemoryStore implements RecordStore {
  readonly rows = new Map<string, Row>();
  readonly #kind: 'item' | 'object';
  readonly #inScope: (row: Row) => boolean;

  constructor(kind: 'item' | 'object', inScope: (row: Row) => boolean) {
    this.#kind = kind;
    this.#inScope = inScope;
  }

  readPage(
    range: ScanRange,
    { cursor, pageSize }: { readonly cursor?: string; readonly pageSize: number },
  ): Promise<RecordPage> {
    const all = [...this.rows.values()].filter((row, index) => inRange(row, index, range));
    const start = Number(cursor ?? 0);
    const page = all.slice(start, start + pageSize);
    const end = start + page.length;
    return Promise.resolve({
      records: page.filter(this.#inScope).map(row => this.#record(row)),
      ...(end < all.length && { cursor: String(end) }),
    });
  }

  find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    const rows = locators.map(locator => [...this.rows.values()].find(row => this.#locator(row) === locator));
    return Promise.resolve(rows.map(row => row && this.#record(row)));
  }

  async reread({ locator }: StoreRecord): Promise<StoreRecord | undefined> {
    const [found] = await this.find([locator]);
    return found;
  }

  takes(): boolean {
    return true;
  }

  write({ locator }: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const row = [...this.rows.values()].find(one => this.#locator(one) === locator);
    if (row === undefined) return Promise.resolve({ kind: 'precondition-failed' });
    const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other));
    if (!places.every(({ path, before }) => same(at(row.fields, path as Path), this.#field(before))))
      return Promise.resolve({ kind: 'precondition-failed' });
    for (const { path, before, after } of places)
      if (!same(before, after)) row.fields = withValue(row.fields, path as Path, this.#field(after));
    return Promise.resolve({ kind: 'written' });
  }

  /** Metadata values are texts. */
  #field(value: AttributeValue | undefined): unknown {
    return this.#kind === 'object' && value !== undefined && 'S' in value ? value.S : value;
  }

  #locator({ id }: Row): string {
    return this.#kind === 'item' ? JSON.stringify({ id: { S: id } }) : id;
  }

  #record(row: Row): StoreRecord {
    const locator = this.#locator(row);
    if (this.#kind === 'item') {
      const key = { id: { S: row.id } };
      const attributes = { ...key, ...(row.fields as Record<string, AttributeValue>) };
      return { kind: 'item', locator, key, attributes };
    }
    return {
      kind: 'object',
      locator,
      etag: '"e"',
      lastModified: 0,
      settled: true,
      // Where the scene says nothing of a body, there is one that no format reads.
      size: row.body?.length ?? 1,
      metadata: { ...(row.fields as Record<string, string>) },
      headers: {},
      ...(row.hidden === true && { hidden: 'not shown (400)', blocked: 'not shown (400)', metadata: {} }),
    };
  }
}

/** A scan segment takes every n-th row; a key range has bounds. */
function inRange({ id }: Row, index: number, range: ScanRange): boolean {
  if (range.type === 'segment') return index % range.totalSegments === range.segment;
  return (
    (range.prefix === undefined || id.startsWith(range.prefix)) &&
    (range.startAfter === undefined || id > range.startAfter) &&
    (range.endAt === undefined || id <= range.endAt)
  );
}

/** The value at a path of typed JSON: members of M by name, elements of L by index. */
export function at(fields: Fields, [first, ...rest]: Path): unknown {
  let value = fields[String(first)];
  for (const step of rest) {
    const held = value as { readonly M?: Fields; readonly L?: readonly unknown[] } | undefined;
    value = typeof step === 'number' ? held?.L?.[step] : held?.M?.[step];
  }
  return value;
}

function withValue(fields: Fields, [first, ...rest]: Path, value: unknown): Fields {
  const name = String(first);
  if (rest.length === 0) {
    const others = Object.entries(fields).filter(([other]) => other !== name);
    return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
  }
  return { ...fields, [name]: within(fields[name], rest, value) };
}

function within(parent: unknown, [step, ...rest]: Path, value: unknown): unknown {
  const { M, L } = (parent ?? {}) as { readonly M?: Fields; readonly L?: readonly unknown[] };
  if (typeof step === 'string' && M !== undefined) return { M: withValue(M, [step, ...rest], value) };
  if (typeof step === 'number' && L !== undefined)
    return {
      L: L.map((one, index) => (index !== step ? one : rest.length === 0 ? value : within(one, rest, value))),
    };
  throw new Error('DynamoDB: the document path provided in the update expression is invalid');
}

/** Equal bytes are the same value, whatever their class. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
