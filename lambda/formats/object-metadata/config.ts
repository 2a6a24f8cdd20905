import * as z from 'zod/mini';
import { oneOf, strictObject } from '../../core/schema/strict-object.ts';
import { metadataName, objectContextPlace } from '../object-places.ts';
import { sharedFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** The job's `format` object for `object-metadata`. */
export const objectMetadataConfig = once(() =>
  strictObject(
    {
      type: z.literal('object-metadata'),
      dataKey: described(metadataName(), 'The metadata entry that holds the encrypted data key.'),
      encoding: described(
        z._default(oneOf(TEXT_ENCODINGS), 'base64'),
        'How the bytes are encoded in the text; with or without padding, written back as read. -unpadded decides if the old text does not show it.',
      ),
      ...sharedFields({
        place: metadataName(),
        contextPlace: objectContextPlace(),
        called: 'A metadata entry',
      }),
    },
    'a format',
  ),
);

export type ObjectMetadataConfig = z.output<ReturnType<typeof objectMetadataConfig>>;
