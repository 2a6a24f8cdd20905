import {
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  type TransactWriteItem,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Guard } from '../../core/model/format.ts';
import type { AttributeMap } from '../../core/model/record.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { Around } from '../aws/lean-calls.ts';
import type { Elsewhere } from '../aws/refused-calls.ts';
import { BatchedUpdates, type Batches } from './batched-updates.ts';
import { guardedWrite } from './guarded-write.ts';
import { itemBytes } from './item-bytes.ts';
import { decodeKey, encodeKey, type SdkItem } from './item-key.ts';
import { eachTry } from './metered.ts';
import type { Metered, TableCapacity } from '../records/table-capacity.ts';
import { updateExpression, type UpdateExpression } from './update-expression.ts';
import { updateStatement } from './update-statement.ts';

export interface WrittenTable {
  readonly name: string;
  readonly keyNames: readonly string[];
  readonly guards?: (key: AttributeMap) => readonly Guard[];
  /** Sends an UpdateItem. @default through the SDK's middleware */
  readonly update?: (input: UpdateItemCommandInput, around: Around) => Promise<Metered>;
  /** How to send several at once. @default each by itself */
  readonly batches?: Batches;
  /** @default a capacity without a bound, which nobody shares */
  readonly capacity?: TableCapacity;
}

/** A write that can be sent, and again if another one is in its way. */
export interface ItemWrite {
  /** What reports call it. */
  readonly call: string;
  readonly send: () => Promise<unknown>;
}

/** One write, with or without guards. */
interface Ways {
  /** What it takes by itself. */
  readonly units: number;
  readonly alone: () => Promise<unknown>;
  readonly guarded: () => TransactWriteItem;
}

type TableUpdate = UpdateItemCommandInput & UpdateExpression;

/**
 * Items that are larger gain nothing from a common request, whose bytes are most of its cost. 25 of these, as they were and as
 * they will be, are 1.6 MB.
 */
const MOST_BATCHED_BYTES = 32 * 1024;

/** A condition that never holds, whether or not the item exists: the write only tests whether it is allowed. */
const NEVER = 'attribute_exists(#key) AND attribute_not_exists(#key)';

/** Conditional writes to the items of a table: one call each and, for items that have guards, one transaction each. */
export class ItemWrites {
  readonly #client: DynamoDBClient;
  readonly #table: WrittenTable;
  readonly #capacity: TableCapacity;
  readonly #batched: BatchedUpdates | undefined;

  constructor(client: DynamoDBClient, table: WrittenTable & { readonly capacity: TableCapacity }) {
    this.#client = client;
    this.#table = table;
    this.#capacity = table.capacity;
    this.#batched = table.batches && new BatchedUpdates(table.batches, table.capacity);
  }

  /** Changes an item that is there, and that has so many bytes in all. */
  update(key: SdkItem, places: readonly PlaceChange[], bytes: number): ItemWrite {
    const units = writeUnits(bytes);
    // A write that goes with others is a statement, and has no use for the expressions.
    const update = (): TableUpdate => ({
      ...{ TableName: this.#table.name, Key: key },
      ...updateExpression(places),
    });
    return this.#sent('dynamodb:UpdateItem', key, {
      units,
      alone: () => this.#perhapsBatched(key, places, { bytes, alone: () => this.#update(update(), units) }),
      guarded: () => ({ Update: update() }),
    });
  }

  /** With others that are ready at the same time, where that is possible. */
  #perhapsBatched(
    key: SdkItem,
    places: readonly PlaceChange[],
    { bytes, alone }: { readonly bytes: number; readonly alone: () => Promise<unknown> },
  ): Promise<unknown> {
    const batched = this.#batched;
    if (batched === undefined || !batched.areAllowed || bytes > MOST_BATCHED_BYTES) return alone();
    const statement = updateStatement(this.#table.name, key, places);
    return statement === undefined
      ? alone()
      : batched.send({ item: encodeKey(key), statement, units: writeUnits(bytes), alone });
  }

  #update(update: UpdateItemCommandInput, units: number): Promise<unknown> {
    const input = { ...update, ReturnConsumedCapacity: 'TOTAL' as const };
    const send = this.#table.update;
    return this.#capacity.spend('write', units, around =>
      send === undefined
        ? this.#client.send(eachTry(new UpdateItemCommand(input), around))
        : send(input, around),
    );
  }

  #put(put: PutItemCommandInput, units: number): Promise<unknown> {
    const input = { ...put, ReturnConsumedCapacity: 'TOTAL' as const };
    return this.#capacity.spend('write', units, around =>
      this.#client.send(eachTry(new PutItemCommand(input), around)),
    );
  }

  /** Makes an item that is not there yet. */
  put(key: SdkItem, item: SdkItem): ItemWrite {
    const put = {
      ...{ TableName: this.#table.name, Item: item },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: this.#keyName,
    };
    const units = writeUnits(itemBytes(item));
    return this.#sent('dynamodb:PutItem', key, {
      units,
      alone: () => this.#put(put, units),
      guarded: () => ({ Put: put }),
    });
  }

  /** How to try each call for another item, without effect. */
  get elsewhere(): Readonly<Record<string, Elsewhere>> {
    const { name: TableName } = this.#table;
    const never = { TableName, ConditionExpression: NEVER, ExpressionAttributeNames: this.#keyName };
    return {
      'dynamodb:UpdateItem': locator => this.#update({ ...never, Key: decodeKey(locator) }, 1),
      'dynamodb:PutItem': locator => this.#put({ ...never, Item: decodeKey(locator) }, 1),
      [transaction('dynamodb:UpdateItem')]: locator =>
        this.#guarded(
          decodeKey(locator),
          { Update: { ...removingNothing(never), Key: decodeKey(locator) } },
          1,
        ),
      [transaction('dynamodb:PutItem')]: locator =>
        this.#guarded(decodeKey(locator), { Put: { ...never, Item: decodeKey(locator) } }, 1),
    };
  }

  get #keyName(): Record<string, string> {
    return { '#key': this.#table.keyNames[0] ?? '' };
  }

  #sent(call: string, key: SdkItem, { units, alone, guarded }: Ways): ItemWrite {
    return this.#guardsOf(key).length === 0
      ? { call, send: alone }
      : { call: transaction(call), send: () => this.#guarded(key, guarded(), units) };
  }

  #guarded(key: SdkItem, write: TransactWriteItem, units: number): Promise<void> {
    const { name: table } = this.#table;
    const by = { table, guards: this.#guardsOf(key), capacity: this.#capacity, units };
    return guardedWrite(this.#client, write, by);
  }

  #guardsOf(key: SdkItem): readonly Guard[] {
    return this.#table.guards?.(key as unknown as AttributeMap) ?? [];
  }
}

/** A unit for each KB of the item, whatever changes in it. */
function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** What reports call a write that is one action of a transaction. */
function transaction(call: string): string {
  return `${call} in dynamodb:TransactWriteItems`;
}

/** A transaction takes no update without an expression. */
function removingNothing<Never extends { readonly ExpressionAttributeNames: Record<string, string> }>(
  never: Never,
): Never & { readonly UpdateExpression: string } {
  const names = { ...never.ExpressionAttributeNames, '#nothing': 'kms-rewrap-nothing' };
  return { ...never, UpdateExpression: 'REMOVE #nothing', ExpressionAttributeNames: names };
}
