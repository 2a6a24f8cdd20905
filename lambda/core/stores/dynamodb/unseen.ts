import type { Unseen } from '../store.ts';
import type { TableStore } from './schema.ts';

export const unseenOfTables: Unseen<TableStore> = {
  always: [
    'values that are encrypted, or compressed by something else than gzip or zlib: data keys in them cannot be seen',
    'bulk writes (StartBulkPutItems) into the tables: they put whole items, with the data keys that these had; `aws dynamodb list-bulk-operations` shows whether one is in progress',
    'backups, exports, streams and caches of the tables: they may hold former data keys',
  ],
  of: ({ scope }) =>
    scope?.index === undefined
      ? []
      : [`items that the index ${scope.index} does not show yet: it follows its table a moment later`],
};
