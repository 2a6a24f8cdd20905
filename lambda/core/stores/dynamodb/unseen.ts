import type { Unseen } from '../store.ts';
import type { TableStore } from './schema.ts';

export const unseenOfTables: Unseen<TableStore> = {
  always: [
    'values that are encrypted, or compressed otherwise than by gzip or zlib: no data key can be seen in them',
    'backups, exports, streams and caches of the tables: they may hold data keys as they were before',
  ],
  of: ({ scope }) =>
    scope?.index === undefined
      ? []
      : [`items that the index ${scope.index} does not show yet: it follows its table a moment later`],
};
