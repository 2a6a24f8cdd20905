import * as z from 'zod';
import { strictObject, text } from '../../schema/strict-object.ts';

const time = z.iso.datetime({ offset: true, error: 'is no time; write one such as 2026-01-01T00:00:00Z' });

/** What narrows a run to a part of a bucket. */
export const bucketScope = strictObject(
  {
    prefixes: z
      .array(text('a key prefix'), { error: 'is no list; write key prefixes' })
      .min(1)
      .optional()
      .describe("Only objects whose keys start with one of these. Each must start with the store's prefix."),
    suffix: text('the end of a key').optional().describe('Only objects whose keys end with this.'),
    modifiedAfter: time.optional().describe('Only objects last modified after this time, in ISO 8601.'),
    modifiedBefore: time.optional().describe('Only objects last modified before this time, in ISO 8601.'),
  },
  'the scope of a bucket',
);
