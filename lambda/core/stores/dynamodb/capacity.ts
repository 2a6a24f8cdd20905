import type { TableStore } from './schema.ts';

/** The table and that of its copy, by Region: a job's limits hold for each of them. */
export function tablesOf({ table, copyTo, ...store }: TableStore, region: string): readonly string[] {
  const own = capacityName(store.region ?? region, table);
  return copyTo === undefined ? [own] : [own, capacityName(copyTo.region, copyTo.table)];
}

/** What a table is called where its capacity is shared. No name of a table has a slash. */
export function capacityName(region: string, table: string): string {
  return `${region}/${table}`;
}
