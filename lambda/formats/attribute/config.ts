import * as z from 'zod/mini';
import { oneOf, strictObject, text } from '../../core/schema/strict-object.ts';
import { sharedFields, wildcardPlace } from '../shared-fields.ts';
import { VALUE_ENCODINGS } from '../value-encoding.ts';
import { placeOf } from './place.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

const PATH_CURE =
  'write names joined by dots, list indexes in brackets, * for any: envelope.keys[*].edk; or a list of steps for names with dots in them';

export const attributePath = once(() =>
  z
    .union(
      [
        text('an attribute path'),
        z
          .array(z.union([z.string().check(z.minLength(1)), z.int().check(z.nonnegative())]))
          .check(z.minLength(1)),
      ],
      {
        error: ({ input }) => `${input === undefined ? 'is missing' : 'is no attribute path'}; ${PATH_CURE}`,
      },
    )
    .check(z.refine(value => placeOf(value) !== undefined, { error: `is no attribute path; ${PATH_CURE}` })),
);

export const attributeContextPlaces = once(
  () =>
    [
      strictObject(
        { attribute: described(attributePath(), 'A string, number or binary attribute of the item.') },
        'a context value',
      ),
      strictObject(
        {
          keyAttribute: described(
            text('the name of a key attribute'),
            "An attribute of the item's primary key.",
          ),
        },
        'a context value',
      ),
    ] as const,
);

const contextPlace = once(() => z.union([...attributeContextPlaces(), wildcardPlace()]));

/** The job's `format` object for `attribute`. */
export const attributeConfig = once(() =>
  strictObject(
    {
      type: z.literal('attribute'),
      dataKey: described(attributePath(), 'Where the encrypted data key is.'),
      encoding: described(
        z._default(oneOf(VALUE_ENCODINGS), 'binary'),
        'binary: type B. base64, base64url, hex: type S; with or without padding, written back as read. -unpadded decides if the old text does not show it. base64-in-binary: base64 text in type B.',
      ),
      version: described(
        z.optional(attributePath()),
        'A number that writers raise with each save (optimistic locking); raised with the data key, so that writers notice.',
      ),
      ...sharedFields({ place: attributePath(), contextPlace: contextPlace(), called: 'A string attribute' }),
    },
    'a format',
  ),
);

export type AttributeConfig = z.output<ReturnType<typeof attributeConfig>>;
