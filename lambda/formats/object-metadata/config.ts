import * as z from 'zod';
import { oneOf, strictObject, text } from '../../core/schema/strict-object.ts';
import { sharedFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';

// S3 stores names of user-defined metadata in lower case. API replies show them without their prefix.
const metadataName = text('the name of a metadata entry').regex(/^(?!x-amz-meta-)[a-z0-9!#$%&'*+.^_`|~-]+$/, {
  error: "is no metadata name; write it in lower case and without 'x-amz-meta-'",
});

const contextPlace = z.union([
  strictObject({ metadata: metadataName.describe('A metadata entry of the object.') }, 'a context value'),
  strictObject({ objectKey: z.literal(true).describe("The object's key.") }, 'a context value'),
  strictObject(
    { tag: text('the key of a tag').describe('A tag of the object; read with a request of its own.') },
    'a context value',
  ),
]);

/** The job's `format` object for `object-metadata`. */
export const objectMetadataConfig = strictObject(
  {
    type: z.literal('object-metadata'),
    dataKey: metadataName.describe('The metadata entry that holds the encrypted data key.'),
    encoding: oneOf(TEXT_ENCODINGS)
      .default('base64')
      .describe(
        'How the bytes are encoded in the text; with or without padding, written back as read. -unpadded decides if the old text does not show it.',
      ),
    ...sharedFields({ place: metadataName, contextPlace, called: 'A metadata entry' }),
  },
  'a format',
);

export type ObjectMetadataConfig = z.output<typeof objectMetadataConfig>;
export type MetadataPlace = z.output<typeof contextPlace>;
