import * as z from 'zod/mini';
import { oneOf, strictObject } from '../../core/schema/strict-object.ts';
import { annotationName } from '../annotations.ts';
import { objectContextPlace } from '../object-places.ts';
import { contextFields, readCompanionFields } from '../shared-fields.ts';
import { TEXT_ENCODINGS } from '../text-encoding.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** The job's `format` object for `object-annotation`. */
export const objectAnnotationConfig = once(() =>
  strictObject(
    {
      type: z.literal('object-annotation'),
      annotation: described(annotationName(), 'The annotation that is the encrypted data key.'),
      encoding: described(
        z._default(oneOf(TEXT_ENCODINGS), 'base64'),
        'How the bytes are encoded in the text, with or without line breaks and padding.',
      ),
      ...readCompanionFields(annotationName(), 'Another annotation'),
      ...contextFields(objectContextPlace()),
    },
    'a format',
  ),
);

export type ObjectAnnotationConfig = z.output<ReturnType<typeof objectAnnotationConfig>>;
