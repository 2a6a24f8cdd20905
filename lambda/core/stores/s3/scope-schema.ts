import * as z from 'zod/mini';
import { strictObject, text } from '../../schema/strict-object.ts';
import { once } from '../../schema/once.ts';
import { described } from '../../schema/described.ts';

const time = once(() =>
  z.iso.datetime({ offset: true, error: 'is no time; write one such as 2026-01-01T00:00:00Z' }),
);

/** What narrows a run to a part of a bucket. */
export const bucketScope = once(() =>
  strictObject(
    {
      prefixes: described(
        z.optional(
          z.array(text('a key prefix'), { error: 'is no list; write key prefixes' }).check(z.minLength(1)),
        ),
        "Only objects whose keys start with one of these. Each must start with the store's prefix.",
      ),
      suffix: described(z.optional(text('the end of a key')), 'Only objects whose keys end with this.'),
      modifiedAfter: described(
        z.optional(time()),
        'Only objects last modified after this time, in ISO 8601.',
      ),
      modifiedBefore: described(
        z.optional(time()),
        'Only objects last modified before this time, in ISO 8601.',
      ),
    },
    'the scope of a bucket',
  ),
);
