import * as z from 'zod';
import { strictObject, text } from '../../core/schema/strict-object.ts';

/** The job's `format` object for `branch-key-store`. */
export const branchKeyStoreConfig = strictObject(
  {
    type: z.literal('branch-key-store'),
    logicalKeyStoreName: text('the logical name of the key store')
      .optional()
      .describe(
        'The logical name that key stores over this table are configured with. It is part of every encryption context, and stands in no item. Left out, it is the name of the table.',
      ),
  },
  'a format',
);
