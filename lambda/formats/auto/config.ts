import * as z from 'zod';
import { AUTO } from '../../core/model/format.ts';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { attributeContextPlaces } from '../attribute/config.ts';
import { contextTemplates } from '../context-template.ts';
import { objectContextPlace } from '../object-places.ts';
import { wildcardPlace } from '../shared-fields.ts';

/** Places of all formats. Whether the format that is found has them, its own schema says then. */
const contextPlace = z.union([
  strictObject(
    { pointer: text('a JSON pointer').describe('A text or a number of the document.') },
    'a context value',
  ),
  ...attributeContextPlaces,
  ...objectContextPlace.options,
  wildcardPlace,
]);

/** The job's `format` object for `auto`. */
export const autoConfig = strictObject(
  {
    type: z.literal(AUTO),
    encryptionContext: contextTemplates(contextPlace)
      .optional()
      .describe(
        'The context that data keys were encrypted under, or a list of contexts, the likeliest first; {} for none. It goes to the format that is found. Data rarely tells it, and then a run is refused without it.',
      ),
  },
  'a format',
);
