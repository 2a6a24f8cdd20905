import * as z from 'zod/mini';
import { oneOf, strictObject, text } from '../../core/schema/strict-object.ts';
import { once } from '../../core/schema/once.ts';
import { described } from '../../core/schema/described.ts';

/** How SOPS lays a file out. `binary` is JSON with one value. */
export const LAYOUTS = ['yaml', 'json', 'dotenv', 'ini', 'binary'] as const;

/** The job's `format` object for `sops`. */
export const sopsConfig = once(() =>
  strictObject(
    {
      type: z.literal('sops'),
      layout: described(
        z.optional(oneOf(LAYOUTS)),
        'How all files of the store are laid out. By default, the content of each file says it.',
      ),
      suffixes: described(
        z.optional(
          z
            .array(text('the end of object keys, such as .enc.yaml'))
            .check(z.minLength(1, { error: 'is empty; write at least one suffix, or leave the field out' }))
            .check(z.maxLength(32, { error: 'are too many suffixes; write at most 32' })),
        ),
        'How the keys of SOPS files end. Other objects are not read and count as without data key. By default, every object is read.',
      ),
    },
    'a format',
  ),
);
