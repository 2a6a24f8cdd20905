import { judgeOf, messageOf, nameOf } from '../aws/errors.ts';
import type { Judgement } from '../aws/refused-calls.ts';

/** A failed condition, a guard and a conflicting write concern the item's state. They are no refusals. */
const judgeByName = judgeOf(
  new Set([
    'ConditionalCheckFailedException',
    'GuardPresent',
    'ReplicatedWriteConflictException',
    'TransactionConflictException',
    'TransactionInProgressException',
  ]),
);

/** Errors of calls about one item. A full item concerns that item alone, however many others are full. */
export function judgeItem(error: unknown): Judgement {
  return isFull(error) ? 'state' : judgeByName(error);
}

/** With the new data key the item would exceed DynamoDB's limit. The error has no name of its own, only a message. */
export function isFull(error: unknown): boolean {
  return nameOf(error) === 'ValidationException' && /item size.*exceeded/i.test(messageOf(error));
}
