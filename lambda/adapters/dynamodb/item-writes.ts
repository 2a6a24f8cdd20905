import {
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Guard } from '../../core/model/format.ts';
import type { AttributeMap } from '../../core/model/record.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { Elsewhere } from '../aws/refused-calls.ts';
import { guardedWrite } from './guarded-write.ts';
import { decodeKey, type SdkItem } from './item-key.ts';
import { updateExpression } from './update-expression.ts';

export interface WrittenTable {
  readonly name: string;
  readonly keyNames: readonly string[];
  readonly guards?: (key: AttributeMap) => readonly Guard[];
  /** Sends an UpdateItem. @default through the SDK's middleware */
  readonly update?: (input: UpdateItemCommandInput) => Promise<unknown>;
}

/** A write that can be sent, and again if another one is in its way. */
export interface ItemWrite {
  /** What reports call it. */
  readonly call: string;
  readonly send: () => Promise<unknown>;
}

/** A condition that never holds, whether or not the item exists: the write only tests whether it is allowed. */
const NEVER = 'attribute_exists(#key) AND attribute_not_exists(#key)';

/** Conditional writes to the items of a table: one call each and, for items that have guards, one transaction each. */
export class ItemWrites {
  readonly #client: DynamoDBClient;
  readonly #table: WrittenTable;

  constructor(client: DynamoDBClient, table: WrittenTable) {
    this.#client = client;
    this.#table = table;
  }

  /** Changes an item that is there. */
  update(key: SdkItem, places: readonly PlaceChange[]): ItemWrite {
    const update = { TableName: this.#table.name, Key: key, ...updateExpression(places) };
    return this.#sent('dynamodb:UpdateItem', key, {
      alone: () => this.#update(update),
      guarded: { Update: update },
    });
  }

  #update(input: UpdateItemCommandInput): Promise<unknown> {
    return this.#table.update?.(input) ?? this.#client.send(new UpdateItemCommand(input));
  }

  /** Makes an item that is not there yet. */
  put(key: SdkItem, item: SdkItem): ItemWrite {
    const put = {
      ...{ TableName: this.#table.name, Item: item },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: this.#keyName,
    };
    return this.#sent('dynamodb:PutItem', key, {
      alone: () => this.#client.send(new PutItemCommand(put)),
      guarded: { Put: put },
    });
  }

  /** How to try each call for another item, without effect. */
  get elsewhere(): Readonly<Record<string, Elsewhere>> {
    const { name: TableName } = this.#table;
    const never = { TableName, ConditionExpression: NEVER, ExpressionAttributeNames: this.#keyName };
    return {
      'dynamodb:UpdateItem': locator => this.#update({ ...never, Key: decodeKey(locator) }),
      'dynamodb:PutItem': locator =>
        this.#client.send(new PutItemCommand({ ...never, Item: decodeKey(locator) })),
      [transaction('dynamodb:UpdateItem')]: locator =>
        this.#guarded(decodeKey(locator), { Update: { ...removingNothing(never), Key: decodeKey(locator) } }),
      [transaction('dynamodb:PutItem')]: locator =>
        this.#guarded(decodeKey(locator), { Put: { ...never, Item: decodeKey(locator) } }),
    };
  }

  get #keyName(): Record<string, string> {
    return { '#key': this.#table.keyNames[0] ?? '' };
  }

  #sent(
    call: string,
    key: SdkItem,
    { alone, guarded }: { readonly alone: () => Promise<unknown>; readonly guarded: TransactWriteItem },
  ): ItemWrite {
    return this.#guardsOf(key).length === 0
      ? { call, send: alone }
      : { call: transaction(call), send: () => this.#guarded(key, guarded) };
  }

  #guarded(key: SdkItem, write: TransactWriteItem): Promise<void> {
    return guardedWrite(this.#client, write, { table: this.#table.name, guards: this.#guardsOf(key) });
  }

  #guardsOf(key: SdkItem): readonly Guard[] {
    return this.#table.guards?.(key as unknown as AttributeMap) ?? [];
  }
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
