import {
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Guard } from '../../core/model/format.ts';
import { messageOf } from '../aws/errors.ts';
import type { SdkItem } from './item-key.ts';
import { eachTry } from './metered.ts';
import type { TableCapacity } from '../records/table-capacity.ts';

/** A guard of the item is there, so nothing was written. */
export class GuardPresent extends Error {
  override readonly name = 'GuardPresent';
  readonly reason: string;

  constructor({ reason }: Guard) {
    super(`nothing was written: ${reason}`);
    this.reason = reason;
  }
}

export interface GuardedBy {
  readonly table: string;
  readonly guards: readonly Guard[];
  readonly capacity: TableCapacity;
  /** What the write alone takes, outside of a transaction. */
  readonly units: number;
}

/** Carries out one write if, at that very time, none of its guards is in the table. */
export async function guardedWrite(
  client: DynamoDBClient,
  write: TransactWriteItem,
  { table, guards, capacity, units }: GuardedBy,
): Promise<void> {
  const TransactItems = [write, ...guards.map(guard => isAbsent(guard, table))];
  // Each item is written twice, to prepare and to commit; a guard is one unit, as it is not there.
  const expected = 2 * (units + guards.length);
  try {
    await capacity.spend('write', expected, around => {
      const command = new TransactWriteItemsCommand({ TransactItems, ReturnConsumedCapacity: 'TOTAL' });
      return client.send(eachTry(command, around));
    });
  } catch (error) {
    throw causeOf(error, guards);
  }
}

function isAbsent({ key }: Guard, TableName: string): TransactWriteItem {
  const [name = ''] = Object.keys(key);
  return {
    ConditionCheck: {
      ...{ TableName, Key: key as SdkItem },
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': name },
    },
  };
}

/** The names that the same errors have outside of transactions (API Reference, TransactionCanceledException). */
const NAMES: Readonly<Record<string, string>> = {
  ConditionalCheckFailed: 'ConditionalCheckFailedException',
  ItemCollectionSizeLimitExceeded: 'ItemCollectionSizeLimitExceededException',
  ProvisionedThroughputExceeded: 'ProvisionedThroughputExceededException',
  ThrottlingError: 'ThrottlingException',
  TransactionConflict: 'TransactionConflictException',
  ValidationError: 'ValidationException',
};

interface Canceled extends Error {
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Message?: string }[];
  readonly $metadata?: object;
}

/**
 * The error of the first action that canceled a transaction, as that action would have it by itself: so a write with guards
 * and one without have the same ends. The write comes first: if its answer got lost, it has failed on its own condition.
 */
function causeOf(error: unknown, guards: readonly Guard[]): unknown {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return error;
  const { CancellationReasons: reasons = [], $metadata } = error as Canceled;
  const first = reasons.findIndex(({ Code = 'None' }) => Code !== 'None');
  const { Code = '', Message = messageOf(error) } = reasons[first] ?? {};
  const name = NAMES[Code];
  const guard = guards[first - 1];
  if (Code === 'ConditionalCheckFailed' && guard !== undefined) return new GuardPresent(guard);
  return name === undefined
    ? error
    : Object.assign(new Error(Message, { cause: error }), { name, $metadata });
}
