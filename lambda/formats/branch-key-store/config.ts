import * as z from 'zod/mini';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** The job's `format` object for `branch-key-store`. */
export const branchKeyStoreConfig = once(() =>
  strictObject(
    {
      type: z.literal('branch-key-store'),
      logicalKeyStoreName: described(
        z.optional(text('the logical name of the key store')),
        'The logical name that key stores over this table are configured with. It is part of every encryption context, and stands in no item. Left out, it is the name of the table.',
      ),
    },
    'a format',
  ),
);
