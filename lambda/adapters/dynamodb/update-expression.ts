import { Buffer } from 'node:buffer';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isWritten } from '../../core/places/same-value.ts';
import type { PlaceChange } from '../../core/model/place.ts';
import type { AttributePath, AttributeValue as ItemValue, PathStep } from '../../core/model/record.ts';

export interface UpdateExpression {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, AttributeValue>;
}

/**
 * Developer Guide, Constraints, "Expression parameters": 4 KB for each expression as it is sent, and 300 operators and
 * functions, of which it does not say what counts. So all do: a comparison or function for each place, and the AND
 * between two. The 2 MB of all values are no limit: an item has 400 KB, and goes in as it was and as it will be at most.
 */
const MAX_BYTES = 4_096;
const MAX_OPERATORS = 300;

/** Whether a change fits into one UpdateItem. */
export function fitsOneUpdate(places: readonly PlaceChange[]): boolean {
  const { UpdateExpression, ConditionExpression } = updateExpression(places);
  return (
    2 * places.length - 1 <= MAX_OPERATORS &&
    [UpdateExpression, ConditionExpression].every(text => Buffer.byteLength(text) <= MAX_BYTES)
  );
}

/** A change as one conditional UpdateItem. It writes only the named paths, and only if each still holds what was read. */
export function updateExpression(places: readonly PlaceChange[]): UpdateExpression {
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  const path = (steps: AttributePath): string =>
    steps.reduce<string>(
      (text, step) =>
        typeof step === 'number'
          ? `${text}[${step}]`
          : `${text}${text === '' ? '' : '.'}${placeholder(names, memberName(step))}`,
      '',
    );
  const equals = (steps: AttributePath, name: string, value: ItemValue): string => {
    values[name] = value as AttributeValue;
    return `${path(steps)} = ${name}`;
  };
  const written = places.filter(isWritten);
  const assignments = written.flatMap(({ path: steps, after }, index) =>
    after === undefined ? [] : [equals(steps, `:new${index}`, after)],
  );
  const removals = written.flatMap(({ path: steps, after }) => (after === undefined ? [path(steps)] : []));
  const conditions = places.map(({ path: steps, before }, index) =>
    before === undefined ? `attribute_not_exists(${path(steps)})` : equals(steps, `:old${index}`, before),
  );
  return {
    UpdateExpression: [
      ...(assignments.length === 0 ? [] : [`SET ${assignments.join(', ')}`]),
      ...(removals.length === 0 ? [] : [`REMOVE ${removals.join(', ')}`]),
    ].join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries([...names].map(([name, alias]) => [alias, name])),
    ExpressionAttributeValues: values,
  };
}

/** DynamoDB knows nothing of documents: only their containers are written. */
function memberName(step: PathStep): string {
  if (typeof step === 'string') return step;
  throw new TypeError('an update writes attributes, and nothing within their texts');
}

function placeholder(names: Map<string, string>, name: string): string {
  const known = names.get(name) ?? `#n${names.size}`;
  names.set(name, known);
  return known;
}
