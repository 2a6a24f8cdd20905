// The smallest possible kind of store. The test copies it to lambda/core/stores/shelf/index.ts.
import * as z from 'zod/mini';
import type { Store } from '../../model/job.ts';
import { strictObject, text } from '../../schema/strict-object.ts';
import { storeFields } from '../fields.ts';
import type { StoreKind } from '../store.ts';

interface ShelfStore extends Store {
  readonly type: 'shelf';
  readonly shelf: string;
}

/** What the product asks the keeper of the shelves. */
export interface ShelfCatalog {
  countNotes(shelf: string): Promise<number>;
}

export function shelfSchema(format: z.ZodMiniType): z.ZodMiniObject {
  return strictObject(
    { type: z.literal('shelf'), shelf: text('the name of a shelf'), format, ...storeFields() },
    'a shelf',
  );
}

export const shelfKind: StoreKind<ShelfStore, ShelfCatalog> = {
  type: 'shelf',
  records: 'item',
  names: { uniqueIn: 'account', own: ({ shelf }) => ({ name: shelf }), copy: () => undefined },
  scope: {
    problems: () => [],
    narrowedTo: () => [],
    firstRange: () => ({ range: { type: 'segment', segment: 0, totalSegments: 1 }, whole: true }),
    areApart: () => false,
    cure: 'name another shelf',
  },
  async inspect({ shelf }, { catalog }) {
    const records = await catalog.countNotes(shelf);
    const ranges = [{ type: 'segment', segment: 0, totalSegments: 1 } as const];
    return { ranges, records, bytes: 0, warnings: ['notes are small'] };
  },
  sampling: records => ({ requests: records, usd: 0 }),
  calls: () => [{ action: 'shelf:Read', times: 1, per: 'record' }],
  cost: ({ records }) => ({ reads: 0, writes: records }),
  serverSideKeys: () => Promise.resolve({ kind: 'seen', value: [] }),
  backups: () => Promise.resolve(undefined),
  unseen: { always: ['notes that somebody has borrowed'], of: () => [] },
};
