import * as z from 'zod';
import { oneOf, strictObject } from '../../core/schema/strict-object.ts';
import { metadataName, objectContextPlace } from '../object-places.ts';
import { companionFields, contextFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';

/** The job's `format` object for `object-body`. */
export const objectBodyConfig = strictObject(
  {
    type: z.literal('object-body'),
    encoding: oneOf(['binary', ...TEXT_ENCODINGS])
      .default('binary')
      .describe(
        'binary: the body is the bytes. The others: it is their text, with or without line breaks and padding, written back as read.',
      ),
    ...companionFields(metadataName, 'A metadata entry'),
    ...contextFields(objectContextPlace),
  },
  'a format',
);

export type ObjectBodyConfig = z.output<typeof objectBodyConfig>;
