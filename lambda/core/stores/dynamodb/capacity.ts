import { accountOf } from '../../model/store-account.ts';
import type { TableStore } from './schema.ts';

/** The table and that of its copy, by Region: a job's limits hold for each of them. */
export function tablesOf(store: TableStore, region: string): readonly string[] {
  const { table, copyTo } = store;
  const own = capacityName(store, { region: store.region ?? region, table });
  return copyTo === undefined ? [own] : [own, capacityName(store, copyTo)];
}

/** What a table is called where its capacity is shared. No name of a table has a slash. */
export function capacityName(
  store: Pick<TableStore, 'assumeRole'>,
  { region, table }: { readonly region: string; readonly table: string },
): string {
  return [region, accountOf(store), table].filter(part => part !== undefined).join('/');
}
