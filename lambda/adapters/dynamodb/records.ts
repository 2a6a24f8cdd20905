import {
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { ServiceUnavailable } from '../../core/model/errors.ts';
import { changed } from '../../core/places/changed.ts';
import { atContainers } from '../../core/places/containers.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { AttributeMap, ItemRecord, StoreRecord } from '../../core/model/record.ts';
import type { ScanRange } from '../../core/model/run.ts';
import type { TableScope } from '../../core/model/scope.ts';
import type { RecordPage, RecordStore, WriteResult } from '../../core/ports.ts';
import { GRANTED, isRefusal, isTransient, nameOf, premise, refusalWords } from '../aws/errors.ts';
import { batchGet } from './batch-get.ts';
import { BoundedReads, readWithin, type BoundedPage } from '../records/bounded-reads.ts';
import { itemBytes } from './item-bytes.ts';
import { busyOf } from '../aws/busy.ts';
import type { CopyTarget } from '../records/copied-records.ts';
import { GuardPresent } from './guarded-write.ts';
import { decodeKey, encodeKey, type SdkItem } from './item-key.ts';
import { ItemWrites, type ItemWrite, type WrittenTable } from './item-writes.ts';
import { isFull, judgeItem } from './refusals.ts';
import { despiteConflicts } from '../aws/patience.ts';
import { RefusedCalls } from '../aws/refused-calls.ts';
import { eachTry } from './metered.ts';
import { scanScope } from './scan-scope.ts';
import { ScannedSize } from './scanned-size.ts';
import { TableCapacity } from '../records/table-capacity.ts';
import { fitsOneUpdate } from './update-expression.ts';

/** How many items to read at a time, one by one, if their batch was refused. */
const GETS_IN_FLIGHT = 32;

export interface Table extends WrittenTable {
  readonly scope?: TableScope;
}

/** A table as a store of records. */
export class DynamoDbRecords implements CopyTarget {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #keyNames: readonly string[];
  readonly #scope: TableScope;
  readonly #refused: RefusedCalls;
  readonly #reads = new BoundedReads();
  readonly #writes: ItemWrites;
  readonly #capacity: TableCapacity;
  readonly #scanned = new ScannedSize();

  constructor(client: DynamoDBClient, { scope = {}, capacity = new TableCapacity(), ...table }: Table) {
    this.#client = client;
    this.#table = table.name;
    this.#keyNames = table.keyNames;
    this.#scope = scope;
    this.#capacity = capacity;
    this.#writes = new ItemWrites(client, { ...table, capacity });
    this.#refused = new RefusedCalls(judgeItem, this.#writes.elsewhere);
  }

  async readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number; readonly consistent: boolean },
  ): Promise<RecordPage> {
    if (range.type !== 'segment') throw new TypeError(`a table is read by segments, not by a ${range.type}`);
    return this.#reads.read(options.pageSize, async pageSize =>
      this.#pageOf(await this.#scan(range, { ...options, pageSize })),
    );
  }

  /** As many items as the table's capacity allows at a time. */
  async #scan(
    { segment, totalSegments }: Extract<ScanRange, { readonly type: 'segment' }>,
    { cursor, pageSize, consistent }: Parameters<RecordStore['readPage']>[1],
  ): Promise<ScanCommandOutput> {
    const { Limit, units } = this.#scanned.next(pageSize, this.#capacity);
    const input: ScanCommandInput = {
      TableName: this.#table,
      Segment: segment,
      TotalSegments: totalSegments,
      Limit,
      // A global index has no consistent reads. For every index, the items are read consistently from the table
      // afterwards.
      ConsistentRead: consistent && this.#scope.index === undefined,
      ReturnConsumedCapacity: 'TOTAL',
      ...scanScope(this.#scope),
      ...(cursor !== undefined && { ExclusiveStartKey: decodeKey(cursor) }),
    };
    const output = await this.#must('dynamodb:Scan', () =>
      this.#capacity.spend('read', units, around =>
        this.#client.send(eachTry(new ScanCommand(input), around)),
      ),
    );
    this.#scanned.saw(output);
    return output;
  }

  /** An index holds only keys and projected attributes. The whole items are in the table. */
  async #pageOf({
    Items = [],
    ScannedCount = Items.length,
    LastEvaluatedKey,
  }: ScanCommandOutput): Promise<BoundedPage<RecordPage>> {
    const whole =
      this.#scope.index === undefined
        ? Items.map(item => this.#record(item))
        : await this.#batchGet(Items.map(item => this.#keyOf(item)));
    if (whole.length < Items.length)
      return { kind: 'too-large', lookedAt: ScannedCount, found: Items.length, fitting: whole.length };
    const records = whole.filter(record => record !== undefined);
    this.#refused.saw(records.map(({ locator }) => locator));
    const cursor = LastEvaluatedKey === undefined ? {} : { cursor: encodeKey(LastEvaluatedKey) };
    return { kind: 'page', page: { records, ...cursor } };
  }

  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    this.#refused.saw(locators);
    return this.#batchGet(locators.map(decodeKey));
  }

  async create(source: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const { key, attributes } = changed(needItem(source), places);
    return this.#written(source, this.#writes.put(key as SdkItem, attributes as SdkItem));
  }

  /** The items of the first keys, as many as fit into memory together. */
  #batchGet(keys: readonly SdkItem[]): Promise<readonly (ItemRecord | undefined)[]> {
    return readWithin(
      keys,
      some => this.#batch(some),
      ({ attributes }) => itemBytes(attributes as SdkItem),
    );
  }

  /** One refused item makes DynamoDB refuse the whole batch. Then read each item by itself. */
  async #batch(keys: readonly SdkItem[]): Promise<readonly (ItemRecord | undefined)[]> {
    try {
      const items = await batchGet(this.#client, { name: this.#table, capacity: this.#capacity }, keys);
      return items.map(item => item && this.#record(item));
    } catch (error) {
      if (isTransient(error)) throw error;
      if (!isRefusal(error)) throw this.#premise('dynamodb:BatchGetItem', error);
      return pMap(keys, key => this.#get(key), { concurrency: GETS_IN_FLIGHT });
    }
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    return this.#get(needItem(record).key as SdkItem);
  }

  /** The item as it is now, `undefined` if there is none, or hidden if DynamoDB refuses to show it. */
  async #get(key: SdkItem): Promise<ItemRecord | undefined> {
    const [call, locator] = ['dynamodb:GetItem', encodeKey(key)];
    const asked = await this.#must(call, () => this.#refused.ask(call, locator, () => this.#getItem(key)));
    if (asked.kind === 'answered') return asked.answer.Item && this.#record(asked.answer.Item);
    const attributes = key as unknown as AttributeMap;
    const hidden = refusalWords(call, asked.error);
    return { kind: 'item', locator, key: attributes, attributes, hidden };
  }

  #getItem(Key: SdkItem): Promise<GetItemCommandOutput> {
    const input = {
      TableName: this.#table,
      Key,
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    } as const;
    return this.#capacity.spend('read', 1, around =>
      this.#client.send(eachTry(new GetItemCommand(input), around)),
    );
  }

  takes(record: StoreRecord, places: readonly PlaceChange[]): boolean {
    return fitsOneUpdate(atContainers(record, places));
  }

  async write(record: StoreRecord, places: readonly PlaceChange[]): Promise<WriteResult> {
    const { key, attributes } = needItem(record);
    const bytes = itemBytes(attributes as SdkItem);
    const write = this.#writes.update(key as SdkItem, atContainers(record, places), bytes);
    return this.#written(record, write);
  }

  async #written({ locator }: StoreRecord, { call, send }: ItemWrite): Promise<WriteResult> {
    try {
      const asked = await this.#refused.ask(call, locator, () => despiteConflicts(send));
      return asked.kind === 'answered'
        ? { kind: 'written' }
        : { kind: 'blocked', reason: refusalWords(call, asked.error) };
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') return { kind: 'precondition-failed' };
      // Nothing was sent: this invocation has no time for it.
      if (error instanceof ServiceUnavailable) throw error;
      if (error instanceof GuardPresent) return { kind: 'blocked', reason: error.reason };
      if (isFull(error))
        return {
          kind: 'blocked',
          reason: `${refusalWords(call, error)}: the item, of which DynamoDB takes 400 KB, has no room for the new data key`,
        };
      const busy = busyOf(error);
      if (busy !== undefined || isTransient(error)) {
        const reason = `DynamoDB did not take the write: ${nameOf(error)}`;
        return { kind: 'unavailable', reason, ...(busy !== undefined && { busy }) };
      }
      throw this.#premise(call, error);
    }
  }

  #record(item: SdkItem): ItemRecord {
    const attributes = item as unknown as AttributeMap;
    const key = this.#keyOf(item);
    return { kind: 'item', locator: encodeKey(key), key: key as unknown as AttributeMap, attributes };
  }

  #keyOf(item: SdkItem): SdkItem {
    return Object.fromEntries(
      this.#keyNames.flatMap(name => {
        const value = item[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  }

  async #must<T>(call: string, send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (isTransient(error)) throw error;
      throw this.#premise(call, error);
    }
  }

  #premise(call: string, error: unknown): Error {
    return premise(
      'dynamodb.call',
      `${call} on table ${this.#table}`,
      error,
      `check that the table exists and ${GRANTED}`,
    );
  }
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item') throw new TypeError(`a table holds items, not ${record.kind}s`);
  return record;
}
