import { Buffer } from 'node:buffer';
import {
  type DynamoDBClient,
  GetItemCommand,
  ScanCommand,
  UpdateItemCommand,
  type AttributeValue as SdkAttributeValue,
} from '@aws-sdk/client-dynamodb';
import type { AttributeMap, ItemRecord, RecordChange, StoreRecord } from '../core/model/record.ts';
import type { ScanRange } from '../core/model/run.ts';
import type { RecordPage, RecordStore, WriteResult } from '../core/ports.ts';
import { isTransient, nameOf, premise } from './aws-errors.ts';
import { updateExpression } from './update-expression.ts';

export type SdkItem = Record<string, SdkAttributeValue>;

/** A table as a store of records. `keyNames`: the attributes of its primary key, partition key first. */
export class DynamoDbRecords implements RecordStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #keyNames: readonly string[];

  constructor(
    client: DynamoDBClient,
    table: { readonly name: string; readonly keyNames: readonly string[] },
  ) {
    this.#client = client;
    this.#table = table.name;
    this.#keyNames = table.keyNames;
  }

  async readPage(
    range: ScanRange,
    options: { readonly cursor?: string; readonly pageSize: number; readonly consistent: boolean },
  ): Promise<RecordPage> {
    if (range.type !== 'segment') throw new TypeError(`a table is read by segments, not by a ${range.type}`);
    const output = await this.#must('dynamodb:Scan', () =>
      this.#client.send(
        new ScanCommand({
          TableName: this.#table,
          Segment: range.segment,
          TotalSegments: range.totalSegments,
          Limit: options.pageSize,
          ConsistentRead: options.consistent,
          ...(options.cursor !== undefined && { ExclusiveStartKey: decodeKey(options.cursor) }),
        }),
      ),
    );
    return {
      records: (output.Items ?? []).map(item => this.#record(item)),
      ...(output.LastEvaluatedKey !== undefined && { cursor: encodeKey(output.LastEvaluatedKey) }),
    };
  }

  async reread(record: StoreRecord): Promise<StoreRecord | undefined> {
    const { key } = needItem(record);
    const { Item } = await this.#must('dynamodb:GetItem', () =>
      this.#client.send(
        new GetItemCommand({ TableName: this.#table, Key: key as SdkItem, ConsistentRead: true }),
      ),
    );
    return Item === undefined ? undefined : this.#record(Item);
  }

  async write(record: StoreRecord, change: RecordChange): Promise<WriteResult> {
    if (change.kind !== 'item-change')
      throw new TypeError(`a table takes item changes, not a ${change.kind}`);
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: needItem(record).key as SdkItem,
          ...updateExpression(change),
        }),
      );
      return { kind: 'written' };
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') return { kind: 'precondition-failed' };
      if (isTransient(error) || nameOf(error) === 'TransactionConflictException')
        return { kind: 'unavailable', reason: `DynamoDB did not take the write: ${nameOf(error)}` };
      if (nameOf(error) === 'ItemCollectionSizeLimitExceededException' || isItemTooLarge(error))
        return { kind: 'blocked', reason: 'the item would exceed a DynamoDB size limit' };
      throw this.#premise('dynamodb:UpdateItem', error);
    }
  }

  #record(item: SdkItem): ItemRecord {
    const attributes = item as unknown as AttributeMap;
    const key = Object.fromEntries(
      this.#keyNames.flatMap(name => (item[name] === undefined ? [] : [[name, item[name]]])),
    ) as unknown as AttributeMap;
    return { kind: 'item', locator: encodeKey(key as unknown as SdkItem), key, attributes };
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
      "check that the table exists and that the job's role is granted it, then start the job again",
    );
  }
}

/** A primary key as compact JSON: binary values as base64, so that it reads well and comes back as it was. */
export function encodeKey(key: SdkItem): string {
  return JSON.stringify(key, (_, value: unknown) =>
    value instanceof Uint8Array || isBufferJson(value) ? toBase64(value) : value,
  );
}

function decodeKey(text: string): SdkItem {
  const key = JSON.parse(text) as Record<string, { readonly B?: string }>;
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') },
    ]),
  ) as SdkItem;
}

function isBufferJson(value: unknown): value is { readonly type: 'Buffer'; readonly data: number[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly type?: unknown }).type === 'Buffer' &&
    Array.isArray((value as { readonly data?: unknown }).data)
  );
}

function toBase64(value: Uint8Array | { readonly data: number[] }): string {
  return Buffer.from(value instanceof Uint8Array ? value : value.data).toString('base64');
}

function isItemTooLarge(error: unknown): boolean {
  return nameOf(error) === 'ValidationException' && /maximum allowed size/i.test((error as Error).message);
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item') throw new TypeError(`a table holds items, not ${record.kind}s`);
  return record;
}
