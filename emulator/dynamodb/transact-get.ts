import { readUnitsOf, type Spent } from './capacity.ts';
import { itemSize, type Item } from './item-size.ts';
import { schemas } from './keys-of-items.ts';
import { expressionTooLarge } from './expression-limits.ts';
import { validationError } from '../protocol/aws-error.ts';
import type { Call } from './tables.ts';
import { capacityOfTransaction, type Transacted } from './transaction-capacity.ts';
import { actionsOf, cancelFor, needSizeOf, reasonOf, type Reason } from './transaction-errors.ts';

/** TransactGetItems on tables that nobody writes meanwhile. */
export async function transactGet(
  input: Readonly<Record<string, unknown>>,
  call: Call,
  consumed: Spent,
): Promise<{ readonly Responses: readonly object[] }> {
  const schemaOf = schemas(call);
  const responses: { readonly Item?: Item }[] = [];
  const read: Transacted[] = [];
  const reasons: Reason[] = [];
  for (const [, member] of actionsOf(input, ['Get'])) {
    await schemaOf(String(member['TableName']));
    const { TableName, Key, ProjectionExpression, ExpressionAttributeNames } = member;
    const get = { TableName, Key, ProjectionExpression, ExpressionAttributeNames, ConsistentRead: true };
    const tooLarge = expressionTooLarge(Buffer.from(JSON.stringify(get)));
    if (tooLarge !== undefined) throw validationError(tooLarge);
    const answer = await call('GetItem', get);
    reasons.push(reasonOf(answer));
    const item = answer.output['Item'] as Item | undefined;
    responses.push(item === undefined ? {} : { Item: item });
    read.push({ table: String(TableName), items: [item] });
  }
  cancelFor(reasons);
  for (const { table, items } of read) consumed(table, { readUnits: 2 * readUnitsOf(items[0] ?? {}) });
  needSizeOf(responses.reduce((total, { Item: item = {} }) => total + itemSize(item), 0));
  const capacity = capacityOfTransaction(input['ReturnConsumedCapacity'], 'read', read);
  return { ...capacity, Responses: responses };
}
