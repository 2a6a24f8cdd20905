import { AwsError, validationError } from '../protocol/aws-error.ts';
import type { Answer } from './tables.ts';

/** Why an item canceled a transaction (API Reference, TransactionCanceledException); `None` if it did not. */
export interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: object;
}

const NO_REASON: Reason = { Code: 'None' };

/** What depends on an item or the schema of its table is a reason; other mistakes refuse the whole request. */
const OF_THE_ITEM = [
  'One or more parameter values',
  'The provided key element does not match the schema',
  'The update expression attempted to update the secondary index key',
  'An operand in the update expression has an incorrect data type',
  'Item size',
  'Number overflow',
  'Type mismatch',
  'Nesting Levels have exceeded supported limits',
  'The document path provided in the update expression is invalid for update',
  'The provided expression refers to an attribute that does not exist in the item',
];

/**
 * What the answer to one action says about the transaction.
 *
 * @throws AwsError if the whole request is refused
 */
export function reasonOf({ status, output }: Answer): Reason {
  if (status === 200) return NO_REASON;
  const code = String(output['__type']).split('#').at(-1) ?? '';
  const { Message = '', message = Message } = output as {
    readonly message?: string;
    readonly Message?: string;
  };
  if (code === 'ConditionalCheckFailedException')
    return { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
  if (code === 'ValidationException' && OF_THE_ITEM.some(start => message.startsWith(start)))
    return { Code: 'ValidationError', Message: message };
  throw new AwsError(code, message, { status });
}

/** @throws AwsError if there is a reason */
export function cancelFor(reasons: readonly Reason[]): void {
  if (reasons.every(({ Code }) => Code === 'None')) return;
  const codes = reasons.map(({ Code }) => Code).join(', ');
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  );
}

const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** The members of a transaction, each with one of the actions that are allowed in it. */
export function actionsOf<Kind extends string>(
  input: Readonly<Record<string, unknown>>,
  kinds: readonly Kind[],
): readonly (readonly [Kind, Readonly<Record<string, unknown>>])[] {
  const items = input['TransactItems'];
  if (!Array.isArray(items)) throw constraint("Value null at 'transactItems'", 'Member must not be null');
  if (items.length < 1)
    throw constraint("Value '[]' at 'transactItems'", 'Member must have length greater than or equal to 1');
  if (items.length > MAX_ACTIONS)
    throw constraint(
      "Value at 'transactItems'",
      `Member must have length less than or equal to ${MAX_ACTIONS}`,
    );
  return (items as readonly Readonly<Record<string, unknown>>[]).map(item => {
    const given = kinds.filter(kind => item[kind] !== undefined);
    const [kind] = given;
    if (kind === undefined || given.length > 1)
      throw validationError(`TransactItems can only contain one of ${kinds.join(', ')}`);
    return [kind, item[kind] as Readonly<Record<string, unknown>>];
  });
}

export function needSizeOf(bytes: number): void {
  if (bytes > MAX_BYTES)
    throw validationError('The aggregate size of the items in the transaction exceeds 4 MB');
}

export function constraint(what: string, constraintOf: string): AwsError {
  return validationError(
    `1 validation error detected: ${what} failed to satisfy constraint: ${constraintOf}`,
  );
}
