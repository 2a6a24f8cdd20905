import { AwsError, validationError } from '../protocol/aws-error.ts';
import { expressionTooLarge } from './expression-limits.ts';
import { writeUnitsOf, type Spent } from './capacity.ts';
import { itemSize, type Item } from './item-size.ts';
import { keyIn, schemas } from './keys-of-items.ts';
import type { Answer, Call } from './tables.ts';
import { capacityOfTransaction } from './transaction-capacity.ts';
import { actionsOf, cancelFor, constraint, needSizeOf, reasonOf, type Reason } from './transaction-errors.ts';

type Input = Readonly<Record<string, unknown>>;

const KINDS = ['ConditionCheck', 'Put', 'Update', 'Delete'] as const;
type Kind = (typeof KINDS)[number];

/** An update that changes nothing checks a condition. */
const CALLS: Readonly<Record<Kind, string>> = {
  ConditionCheck: 'UpdateItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
};

/** An action, where it acts, and what lay there. */
interface Action {
  readonly kind: Kind;
  readonly member: Input;
  readonly table: string;
  readonly key: Item;
  readonly before: Item | undefined;
}

/**
 * TransactWriteItems on tables that nobody else reads or writes meanwhile: acts in order, and puts everything back if one
 * of the actions fails.
 */
export async function transactWrite(input: Input, call: Call, consumed: Spent): Promise<object> {
  const members = actionsOf(input, KINDS);
  for (const [index, [kind, member]] of members.entries()) needMembers(kind, member, index);
  const schemaOf = schemas(call);
  const actions: Action[] = [];
  for (const [kind, member] of members) {
    const table = String(member['TableName']);
    const key = keyIn((member['Item'] ?? member['Key'] ?? {}) as Item, await schemaOf(table), kind === 'Put');
    const { output } = await call('GetItem', { TableName: table, Key: key, ConsistentRead: true });
    actions.push({ kind, member, table, key, before: output['Item'] as Item | undefined });
  }
  needDistinct(actions);
  const after = await performAll(actions, call, consumed);
  const written = actions.map(({ table, before }, index) => ({ table, items: [before, after[index]] }));
  return capacityOfTransaction(input['ReturnConsumedCapacity'], 'write', written);
}

/** dynalite knows nothing of members that only transactions require. */
function needMembers(kind: Kind, member: Input, index: number): void {
  const needed = {
    ConditionCheck: 'ConditionExpression',
    Update: 'UpdateExpression',
    Put: 'Item',
    Delete: 'Key',
  };
  const name = needed[kind];
  if (member[name] === undefined)
    throw constraint(
      `Value null at 'transactItems.${index + 1}.member.${lower(kind)}.${lower(name)}'`,
      'Member must not be null',
    );
}

function needDistinct(actions: readonly Action[]): void {
  const places = actions.map(({ table, key }) => JSON.stringify([table, key]));
  if (new Set(places).size < places.length)
    throw validationError('Transaction request cannot include multiple operations on one item');
}

/** The items as they are then. */
async function performAll(actions: readonly Action[], call: Call, consumed: Spent): Promise<readonly Item[]> {
  const reasons: Reason[] = [];
  const prepared: { readonly table: string; readonly units: number }[] = [];
  const take = (times: number): void => {
    for (const { table, units } of prepared) consumed(table, { writeUnits: times * units });
  };
  const performed: Action[] = [];
  const after: Item[] = [];
  try {
    for (const action of actions) {
      const answer = await perform(action, call);
      if (answer.status === 200) performed.push(action);
      reasons.push(withItem(reasonOf(answer), action));
      const sized = sizedItem(action, answer);
      after.push(sized);
      const units = Math.max(...[sized, action.before ?? {}].map(writeUnitsOf));
      prepared.push({ table: action.table, units });
    }
    needSizeOf(after.reduce((bytes, item) => bytes + itemSize(item), 0));
    cancelFor(reasons);
  } catch (error) {
    if (isCanceled(error)) take(PREPARED);
    for (const action of performed) await putBack(action, call);
    throw error;
  }
  for (const action of actions) if (action.kind === 'ConditionCheck') await putBack(action, call);
  take(PREPARED + COMMITTED);
  return after;
}

/** Developer Guide, "Capacity management for transactions": an item is written once to prepare a transaction, and once to commit it. */
const [PREPARED, COMMITTED] = [1, 1];

function isCanceled(error: unknown): boolean {
  return error instanceof AwsError && error.code === 'TransactionCanceledException';
}

async function perform({ kind, member, table, key }: Action, call: Call): Promise<Answer> {
  const names = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues'];
  const picked = [...names, ...(kind === 'Update' ? ['UpdateExpression'] : [])].filter(
    name => name in member,
  );
  const input = {
    TableName: table,
    ...(kind === 'Put' ? { Item: member['Item'] } : { Key: member['Key'] ?? key }),
    ...Object.fromEntries(picked.map(name => [name, member[name]])),
    ...(kind === 'Update' && { ReturnValues: 'ALL_NEW' }),
  };
  const message = expressionTooLarge(Buffer.from(JSON.stringify(input)));
  if (message !== undefined) throw validationError(message);
  return call(CALLS[kind], input);
}

/** What counts towards the size of the transaction: the item as it is written, else as it was. */
function sizedItem({ kind, member, before = {} }: Action, { output }: Answer): Item {
  if (kind === 'Put') return member['Item'] as Item;
  return kind === 'Update' ? ((output['Attributes'] ?? before) as Item) : before;
}

function withItem(reason: Reason, { member, before }: Action): Reason {
  const asked = member['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD';
  const shows = reason.Code === 'ConditionalCheckFailed' && asked && before !== undefined;
  return shows ? { ...reason, Item: before } : reason;
}

async function putBack({ table, key, before }: Action, call: Call): Promise<void> {
  const { status, output } =
    before === undefined
      ? await call('DeleteItem', { TableName: table, Key: key })
      : await call('PutItem', { TableName: table, Item: before });
  if (status !== 200) throw new Error(`an item could not be put back: ${JSON.stringify(output)}`);
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
