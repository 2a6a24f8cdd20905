import type { Item } from './item-size.ts';
import type { Call } from './tables.ts';
import { reasonOf } from './transaction-errors.ts';

/** The names of the key attributes of a table. */
export type SchemaOf = (table: string) => Promise<readonly string[]>;

/** Asks once for each table. */
export function schemas(call: Call): SchemaOf {
  const known = new Map<string, readonly string[]>();
  return async table => {
    const names = known.get(table) ?? (await describe(table, call));
    known.set(table, names);
    return names;
  };
}

/** @throws AwsError if there is no such table */
async function describe(TableName: string, call: Call): Promise<readonly string[]> {
  const answer = await call('DescribeTable', { TableName });
  reasonOf(answer);
  const { KeySchema } = answer.output['Table'] as {
    readonly KeySchema: readonly { readonly AttributeName: string }[];
  };
  return KeySchema.map(({ AttributeName }) => AttributeName);
}

/** The key of an item that is put, or a key as it is given, in the order of the schema. */
export function keyIn(given: Item, names: readonly string[], ofItem: boolean): Item {
  const others = ofItem ? [] : Object.keys(given).filter(name => !names.includes(name));
  return Object.fromEntries(
    [...names, ...others].flatMap(name => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
}
