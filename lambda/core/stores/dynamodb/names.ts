import type { StoreNames } from '../store.ts';
import type { TableStore } from './schema.ts';

export const tableNames: StoreNames<TableStore> = {
  uniqueIn: 'account',
  own: ({ table }) => ({ name: table }),
  copy: ({ copyTo }) => copyTo && { name: copyTo.table },
};
