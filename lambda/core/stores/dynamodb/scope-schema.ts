import * as z from 'zod/mini';
import { strictObject, text, wholeNumber } from '../../schema/strict-object.ts';
import { once } from '../../schema/once.ts';
import { described } from '../../schema/described.ts';

const SEGMENTS_CURE = 'write the numbers of some segments, each once, from 0 to the total minus 1';

const filter = once(() =>
  strictObject(
    {
      expression: described(text('a FilterExpression such as #status = :status'), 'A FilterExpression.'),
      names: described(
        z.optional(
          z.record(
            z.string().check(z.startsWith('#', { error: 'is no placeholder; write #name' })),
            text('an attribute'),
          ),
        ),
        'Its ExpressionAttributeNames.',
      ),
      values: described(
        z.optional(
          z.record(
            z.string().check(z.startsWith(':', { error: 'is no placeholder; write :value' })),
            typedValue(),
          ),
        ),
        'Its ExpressionAttributeValues in typed JSON, such as { ":since": { "N": "20250101" } }; binary values as base64.',
      ),
    },
    'a filter',
  ),
);

/** One type and its value, as DynamoDB's JSON has it. */
function typedValue() {
  const error =
    'is no typed value; write { "S": "text" }, { "N": "1" }, { "B": "base64" }, { "BOOL": true }, …';
  const one = (name: string, value: z.ZodMiniType) => z.strictObject({ [name]: value });
  return z.union(
    [
      one('S', z.string()),
      one('N', z.string()),
      one('B', z.base64()),
      one('BOOL', z.boolean()),
      one('NULL', z.literal(true)),
      one('SS', z.array(z.string())),
      one('NS', z.array(z.string())),
    ],
    { error },
  );
}

const segments = once(() =>
  described(
    z.optional(
      strictObject(
        {
          total: described(wholeNumber(1, 1_000_000, 'segments'), 'How many segments the table is cut into.'),
          only: described(
            z
              .array(z.int().check(z.nonnegative()), { error: `is no list; ${SEGMENTS_CURE}` })
              .check(z.minLength(1)),
            'Which of them are visited, counted from 0.',
          ),
        },
        'segments',
      ).check(
        z.refine(({ total, only }) => only.every(one => one < total) && new Set(only).size === only.length, {
          error: `has segments that do not exist, or the same one twice; ${SEGMENTS_CURE}`,
        }),
      ),
    ),
    'Only some segments of a parallel scan: a trial that is spread over the table.',
  ),
);

/** What narrows a run to a part of a table. */
export const tableScope = once(() =>
  strictObject(
    {
      filter: described(z.optional(filter()), 'Only items that a Scan with this filter returns.'),
      // DynamoDB API reference, IndexName: 3 to 255 of these.
      index: described(
        z.optional(
          text('the name of an index').check(
            z.regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
              error: 'is no name of an index; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
            }),
          ),
        ),
        'A sparse index: only items that it holds, each read whole from the table.',
      ),
      segments: segments(),
      disjoint: described(
        z.optional(z.literal(true, { error: 'is not true; write true, or leave it out' })),
        'You assert that no item of this part is in another store of this job over the same table. Needed where the filters do not show it.',
      ),
    },
    'the scope of a table',
  ),
);
