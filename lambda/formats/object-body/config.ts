import * as z from 'zod/mini';
import { oneOf, strictObject } from '../../core/schema/strict-object.ts';
import { metadataName, objectContextPlace } from '../object-places.ts';
import { companionFields, contextFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** The job's `format` object for `object-body`. */
export const objectBodyConfig = once(() =>
  strictObject(
    {
      type: z.literal('object-body'),
      encoding: described(
        z._default(oneOf(['binary', ...TEXT_ENCODINGS]), 'binary'),
        'binary: the body is the bytes. The others: it is their text, with or without line breaks and padding, written back as read.',
      ),
      ...companionFields(metadataName(), 'A metadata entry'),
      ...contextFields(objectContextPlace()),
    },
    'a format',
  ),
);

export type ObjectBodyConfig = z.output<ReturnType<typeof objectBodyConfig>>;
