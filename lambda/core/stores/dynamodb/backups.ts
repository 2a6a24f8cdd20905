import type { StorePlace } from '../../model/store-place.ts';
import type { StoreBackups } from '../store.ts';
import type { TableCatalog } from './catalog.ts';

export async function tableBackups(
  { region = '', name }: StorePlace,
  catalog: TableCatalog,
): Promise<StoreBackups | undefined> {
  const lookup = await catalog.describeTable({ region, table: name });
  if (lookup.kind !== 'found') return undefined;
  const { pointInTimeRecovery, replicaRegions, madeAt } = lookup.description;
  const made = madeAt === undefined ? {} : { madeAt };
  return { pointInTimeRecovery, replicaRegions, noncurrentVersions: false, ...made };
}
