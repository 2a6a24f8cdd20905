import { validationError } from '../../protocol/aws-error.ts';
import type { Item } from '../item-size.ts';
import type { Path, UpdateStatement } from './update-statement.ts';

type Value = Item[string];

/** An UpdateItem that does what a statement does. */
export interface UpdateItem {
  readonly TableName: string;
  readonly Key: Item;
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

/**
 * The UpdateItem that a statement stands for. A statement changes an item that is there, and makes none.
 *
 * @param keyNames of the table
 * @throws AwsError where parameters are missing, or where the statement does not name one item
 */
export function asUpdateItem(
  { table, actions, conditions }: UpdateStatement,
  parameters: readonly Value[],
  keyNames: readonly string[],
): UpdateItem {
  const given = [...parameters];
  const next = (): Value => {
    const value = given.shift();
    if (value === undefined)
      throw validationError("Number of parameters in request and statement don't match.");
    return value;
  };
  const placeholders = new Placeholders();
  const sets: string[] = [];
  const removals: string[] = [];
  for (const { kind, path } of actions)
    if (kind === 'remove') removals.push(placeholders.path(path));
    else sets.push(`${placeholders.path(path)} = ${placeholders.value(next())}`);
  const key: Record<string, Value> = {};
  const others: string[] = [];
  for (const { kind, path } of conditions) {
    const [name] = path;
    if (kind === 'missing') others.push(`attribute_not_exists(${placeholders.path(path)})`);
    else if (path.length === 1 && keyNames.includes(String(name)) && key[String(name)] === undefined)
      key[String(name)] = next();
    else others.push(`${placeholders.path(path)} = ${placeholders.value(next())}`);
  }
  if (keyNames.some(name => key[name] === undefined))
    throw validationError('Where clause does not contain a mandatory equality on all key attributes');
  const isThere = keyNames.map(name => `attribute_exists(${placeholders.path([name])})`);
  return {
    ...{ TableName: table, Key: key },
    UpdateExpression: [clause('SET', sets), clause('REMOVE', removals)].filter(text => text !== '').join(' '),
    ConditionExpression: [...isThere, ...others].join(' AND '),
    ...placeholders.members,
  };
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(', ')}`;
}

class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, Value> = {};
  #count = 0;

  path(path: Path): string {
    return path.reduce<string>(
      (text, step) =>
        typeof step === 'number' ? `${text}[${step}]` : `${text}${text === '' ? '' : '.'}${this.#name(step)}`,
      '',
    );
  }

  value(value: Value): string {
    const name = `:v${this.#count++}`;
    this.#values[name] = value;
    return name;
  }

  #name(name: string): string {
    const known = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, known);
    return known;
  }

  get members(): Pick<UpdateItem, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
    return {
      ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, alias]) => [alias, name])),
      ...(this.#count > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }
}
