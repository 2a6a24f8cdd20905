import * as z from 'zod/mini';
import { oneOf, strictObject, text } from '../../core/schema/strict-object.ts';
import { attributePath, attributeContextPlaces } from '../attribute/config.ts';
import { annotationName } from '../annotations.ts';
import { metadataName, objectContextPlace } from '../object-places.ts';
import { sharedFields, wildcardPlace } from '../shared-fields.ts';
import { VALUE_ENCODINGS } from '../value-encoding.ts';
import { cannotBePart, placeIn } from './pointer.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

const delimited = once(() =>
  strictObject(
    {
      delimited: described(
        z.string().check(z.minLength(1)).check(z.maxLength(8)),
        'What is between the parts of the text, such as a dot. Parts are /0, /1 and so on.',
      ),
    },
    'an opener',
  ),
);

/** What makes a value a document. */
const opener = once(() =>
  z.union([oneOf(['json', 'yaml', 'base64', 'base64url']), delimited()], {
    error: 'is no kind of document; write json, yaml, base64, base64url or { "delimited": "." }',
  }),
);

const POINTER_CURE =
  'write a JSON pointer, * for any: /keys/*/edk; or a list of pointers and kinds of documents for a document within a document';

const place = once(() =>
  z
    .union(
      [text('a JSON pointer'), z.array(z.union([text('a JSON pointer'), opener()])).check(z.minLength(1))],
      {
        error: ({ input }) =>
          `${input === undefined ? 'is missing' : 'is no place in a document'}; ${POINTER_CURE}`,
      },
    )
    .check(
      z.refine(value => placeIn(value) !== undefined, {
        error: `is no place in a document; ${POINTER_CURE}`,
      }),
    ),
);

const contextPlace = once(() =>
  z.union([
    strictObject({ pointer: described(place(), 'A text or a number of the document.') }, 'a context value'),
    ...attributeContextPlaces(),
    ...objectContextPlace().def.options,
    wildcardPlace(),
  ]),
);

const within = once(() =>
  described(
    z.union(
      [
        z.literal('body'),
        strictObject({ attribute: described(attributePath(), 'An attribute of the item.') }, 'a place'),
        strictObject({ metadata: described(metadataName(), 'A metadata entry of the object.') }, 'a place'),
        strictObject(
          {
            annotation: described(
              annotationName(),
              'An annotation of the object; its data keys are counted, and no run writes them.',
            ),
          },
          'a place',
        ),
      ],
      {
        error: ({ input }) =>
          `${input === undefined ? 'is missing' : 'is no place of a document'}; write "body" for the body of an object, { "attribute": … }, { "metadata": … } or { "annotation": … }`,
      },
    ),
    'Where the document is: body, for the body of an object, an attribute of an item, a metadata entry, or an annotation.',
  ),
);

/** The job's `format` object for `json-document`. */
export const jsonDocumentConfig = once(() =>
  strictObject(
    {
      type: z.literal('json-document'),
      in: within(),
      opens: described(
        z._default(z.array(opener()).check(z.maxLength(4)), ['json']),
        'What the value is, from the outside in: ["base64", "json"] is base64 of a JSON text. An empty list is a map of DynamoDB.',
      ),
      dataKey: described(
        place(),
        'Where the encrypted data keys are: a JSON pointer, in which * is any member or element.',
      ),
      encoding: described(
        z._default(oneOf(VALUE_ENCODINGS), 'base64'),
        'How the bytes are encoded, as in the format attribute. JSON texts have no binary values.',
      ),
      ...sharedFields({ place: place(), contextPlace: contextPlace(), called: 'A text of the document' }),
    },
    'a format',
  ).check(({ value, issues }) => {
    const words = cannotBePart(value);
    if (words !== undefined)
      issues.push({ code: 'custom', message: words, path: ['opens'], input: value.opens });
  }),
);

export type JsonDocumentConfig = z.output<ReturnType<typeof jsonDocumentConfig>>;
