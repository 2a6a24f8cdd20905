import * as z from 'zod/mini';
import { AUTO } from '../../core/model/format.ts';
import { strictObject, text } from '../../core/schema/strict-object.ts';
import { attributeContextPlaces } from '../attribute/config.ts';
import { contextTemplates } from '../context-template.ts';
import { objectContextPlace } from '../object-places.ts';
import { wildcardPlace } from '../shared-fields.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** Places of all formats. Whether the format that is found has them, its own schema says then. */
const contextPlace = once(() =>
  z.union([
    strictObject(
      { pointer: described(text('a JSON pointer'), 'A text or a number of the document.') },
      'a context value',
    ),
    ...attributeContextPlaces(),
    ...objectContextPlace().def.options,
    wildcardPlace(),
  ]),
);

/** The job's `format` object for `auto`. */
export const autoConfig = once(() =>
  strictObject(
    {
      type: z.literal(AUTO),
      encryptionContext: described(
        z.optional(contextTemplates(contextPlace())),
        'The context that data keys were encrypted under, or a list of contexts, the likeliest first; {} for none. It goes to the format that is found. Data rarely tells it, and then a run is refused without it.',
      ),
    },
    'a format',
  ),
);
