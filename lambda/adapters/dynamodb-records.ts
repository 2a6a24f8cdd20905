import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeMap, ItemRecord, RecordChange, StoreRecord } from '../core/model/record.ts';
import { changedAttributes } from '../core/model/apply-change.ts';
import type { ScanRange } from '../core/model/run.ts';
import type { TableScope } from '../core/model/scope.ts';
import type { RecordPage, WriteResult } from '../core/ports.ts';
import { isRefusal, isTransient, nameOf, premise, refusalWords } from './aws-errors.ts';
import { despiteConflicts } from './patience.ts';
import { batchGet } from './batch-get.ts';
import type { CopyTarget } from './copied-records.ts';
import { decodeKey, encodeKey, type SdkItem } from './item-key.ts';
import { RefusedCalls } from './refused-calls.ts';
import { scanScope } from './scan-scope.ts';
import { updateExpression } from './update-expression.ts';

export interface Table {
  readonly name: string;
  /** The attributes of its primary key, partition key first. */
  readonly keyNames: readonly string[];
  readonly scope?: TableScope;
}

/** A table as a store of records. */
export class DynamoDbRecords implements CopyTarget {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #keyNames: readonly string[];
  readonly #scope: TableScope;
  readonly #refused = new RefusedCalls(isRefused);

  constructor(client: DynamoDBClient, { name, keyNames, scope = {} }: Table) {
    this.#client = client;
    this.#table = name;
    this.#keyNames = keyNames;
    this.#scope = scope;
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
          // An index has no consistent reads; its items are read consistently from the table below.
          ConsistentRead: options.consistent && this.#scope.index === undefined,
          ...scanScope(this.#scope),
          ...(options.cursor !== undefined && { ExclusiveStartKey: decodeKey(options.cursor) }),
        }),
      ),
    );
    const items = await this.#wholeItems(output.Items ?? []);
    return {
      records: items.map(item => this.#record(item)),
      ...(output.LastEvaluatedKey !== undefined && { cursor: encodeKey(output.LastEvaluatedKey) }),
    };
  }

  /** An index shows its keys and projected attributes: the items themselves are in the table. */
  async #wholeItems(found: readonly SdkItem[]): Promise<readonly SdkItem[]> {
    if (this.#scope.index === undefined) return found;
    const items = await this.#batchGet(found.map(item => this.#keyOf(item)));
    return items.filter(item => item !== undefined);
  }

  async find(locators: readonly string[]): Promise<readonly (StoreRecord | undefined)[]> {
    const items = await this.#batchGet(locators.map(decodeKey));
    return items.map(item => item && this.#record(item));
  }

  async create(source: StoreRecord, change: RecordChange): Promise<WriteResult> {
    if (change.kind !== 'item-change')
      throw new TypeError(`a table takes item changes, not a ${change.kind}`);
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: changedAttributes(needItem(source).attributes, change) as SdkItem,
      ConditionExpression: 'attribute_not_exists(#partitionKey)',
      ExpressionAttributeNames: { '#partitionKey': this.#keyNames[0] ?? '' },
    });
    return this.#written('dynamodb:PutItem', source, () => this.#client.send(command));
  }

  async #batchGet(keys: readonly SdkItem[]): Promise<readonly (SdkItem | undefined)[]> {
    return this.#must('dynamodb:BatchGetItem', () => batchGet(this.#client, this.#table, keys));
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
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: needItem(record).key as SdkItem,
      ...updateExpression(change),
    });
    return this.#written('dynamodb:UpdateItem', record, () => this.#client.send(command));
  }

  async #written(call: string, { locator }: StoreRecord, send: () => Promise<unknown>): Promise<WriteResult> {
    try {
      const asked = await this.#refused.ask(call, locator, () => despiteConflicts(send));
      return asked.kind === 'answered'
        ? { kind: 'written' }
        : { kind: 'blocked', reason: refusalWords(call, asked.error) };
    } catch (error) {
      if (nameOf(error) === 'ConditionalCheckFailedException') {
        this.#refused.worked(call);
        return { kind: 'precondition-failed' };
      }
      if (isTransient(error) || nameOf(error) === 'TransactionConflictException')
        return { kind: 'unavailable', reason: `DynamoDB did not take the write: ${nameOf(error)}` };
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
      "check that the table exists and that the job's role is granted it, then start the job again",
    );
  }
}

/** A condition that does not hold, and a transaction in the way, are about the record, and refuse nothing. */
function isRefused(error: unknown): boolean {
  return (
    isRefusal(error) &&
    !['ConditionalCheckFailedException', 'TransactionConflictException'].includes(nameOf(error))
  );
}

function needItem(record: StoreRecord): ItemRecord {
  if (record.kind !== 'item') throw new TypeError(`a table holds items, not ${record.kind}s`);
  return record;
}
