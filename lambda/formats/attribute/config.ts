import * as z from 'zod';
import { oneOf, strictObject, text } from '../../core/job/strict-object.ts';
import { sharedFields } from '../shared-fields.ts';
import { parsePath } from './attribute-path.ts';

const PATH_CURE =
  'write names joined by dots, list indexes in brackets: envelope.keys[0].edk; or a list of steps for names with dots in them';

const path = z
  .union([text('an attribute path'), z.array(z.union([z.string().min(1), z.int().nonnegative()])).min(1)], {
    error: ({ input }) => `${input === undefined ? 'is missing' : 'is no attribute path'}; ${PATH_CURE}`,
  })
  .refine(value => parsePath(value) !== undefined, { error: `is no attribute path; ${PATH_CURE}` });

const contextPlace = z.union([
  strictObject(
    { attribute: path.describe('A string, number or binary attribute of the item.') },
    'a context value',
  ),
  strictObject(
    { keyAttribute: text('the name of a key attribute').describe("An attribute of the item's primary key.") },
    'a context value',
  ),
]);

/** The job's `format` object for `attribute`. */
export const attributeConfig = strictObject(
  {
    type: z.literal('attribute'),
    dataKey: path.describe('Where the encrypted data key lies.'),
    encoding: oneOf(['binary', 'base64'])
      .default('binary')
      .describe('binary: type B. base64: type S, standard base64 with padding.'),
    ...sharedFields({ place: path, contextPlace, called: 'A string attribute' }),
  },
  'a format',
);

export type AttributeConfig = z.output<typeof attributeConfig>;
