import type { StoreKind } from '../store.ts';
import { tableBackups } from './backups.ts';
import type { TableCatalog } from './catalog.ts';
import { tablesOf } from './capacity.ts';
import { tableCalls, tableCost, tableSampling, tableUnits } from './cost.ts';
import { inspectTable } from './inspect.ts';
import { tableNames } from './names.ts';
import type { TableStore } from './schema.ts';
import { tableParts } from './scope.ts';
import { tableServerSideKeys } from './server-side-keys.ts';
import { unseenOfTables } from './unseen.ts';

/** The items of a DynamoDB table. */
export const dynamoDbKind: StoreKind<TableStore, TableCatalog> = {
  type: 'dynamodb',
  records: 'item',
  names: tableNames,
  scope: tableParts,
  inspect: inspectTable,
  capacityOf: tablesOf,
  units: tableUnits,
  calls: tableCalls,
  cost: tableCost,
  sampling: tableSampling,
  backups: tableBackups,
  serverSideKeys: tableServerSideKeys,
  unseen: unseenOfTables,
};
