import * as z from 'zod';
import { oneOf, strictObject } from '../../core/schema/strict-object.ts';
import { metadataName, objectContextPlace } from '../object-places.ts';
import { sharedFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';

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
    ...sharedFields({ place: metadataName, contextPlace: objectContextPlace, called: 'A metadata entry' }),
  },
  'a format',
);

export type ObjectMetadataConfig = z.output<typeof objectMetadataConfig>;
