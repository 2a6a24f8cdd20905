import * as z from 'zod';
import { strictObject, text, wholeNumber } from '../../schema/strict-object.ts';

const SEGMENTS_CURE = 'write the numbers of some segments, each once, from 0 to the total minus 1';

const filter = strictObject(
  {
    expression: text('a FilterExpression such as #status = :status').describe('A FilterExpression.'),
    names: z
      .record(z.string().startsWith('#', { error: 'is no placeholder; write #name' }), text('an attribute'))
      .optional()
      .describe('Its ExpressionAttributeNames.'),
    values: z
      .record(z.string().startsWith(':', { error: 'is no placeholder; write :value' }), typedValue())
      .optional()
      .describe(
        'Its ExpressionAttributeValues in typed JSON, such as { ":since": { "N": "20250101" } }; binary values as base64.',
      ),
  },
  'a filter',
);

/** One type and its value, as DynamoDB's JSON has it. */
function typedValue() {
  const error =
    'is no typed value; write { "S": "text" }, { "N": "1" }, { "B": "base64" }, { "BOOL": true }, …';
  const one = (name: string, value: z.ZodType) => z.strictObject({ [name]: value });
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

/** What narrows a run to a part of a table. */
export const tableScope = strictObject(
  {
    filter: filter.optional().describe('Only items that a Scan with this filter returns.'),
    // DynamoDB API reference, IndexName: 3 to 255 of these.
    index: text('the name of an index')
      .regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
        error: 'is no name of an index; write 3 to 255 of a-z, A-Z, 0-9, _, - and .',
      })
      .optional()
      .describe('A sparse index: only items that it holds, each read whole from the table.'),
    segments: strictObject(
      {
        total: wholeNumber(1, 1_000_000, 'segments').describe('How many segments the table is cut into.'),
        only: z
          .array(z.int().nonnegative(), { error: `is no list; ${SEGMENTS_CURE}` })
          .min(1)
          .describe('Which of them are visited, counted from 0.'),
      },
      'segments',
    )
      .refine(({ total, only }) => only.every(one => one < total) && new Set(only).size === only.length, {
        error: `has segments that do not exist, or the same one twice; ${SEGMENTS_CURE}`,
      })
      .optional()
      .describe('Only some segments of a parallel scan: a trial that is spread over the table.'),
    disjoint: z
      .literal(true, { error: 'is not true; write true, or leave it out' })
      .optional()
      .describe(
        'You assert that no item of this part is in another store of this job over the same table. Needed where the filters do not show it.',
      ),
  },
  'the scope of a table',
);
