import { judgeOf, messageOf, nameOf } from '../aws/errors.ts';
import type { Judgement } from '../aws/refused-calls.ts';

/** A condition that does not hold, and another write in the way, are about the item, and refuse nothing. */
const judgeByName = judgeOf(
  new Set([
    'ConditionalCheckFailedException',
    'ReplicatedWriteConflictException',
    'TransactionConflictException',
  ]),
);

/** Errors of calls about one item; that it is full is about it alone, however many others are full. */
export function judgeItem(error: unknown): Judgement {
  return isFull(error) ? 'state' : judgeByName(error);
}

/** An item with the new data key would be larger than DynamoDB takes. That has no name of its own, only words. */
export function isFull(error: unknown): boolean {
  return nameOf(error) === 'ValidationException' && /item size.*exceeded/i.test(messageOf(error));
}
