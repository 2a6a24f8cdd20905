import * as z from 'zod/mini';
import { strictObject, text } from '../core/schema/strict-object.ts';
import type { ContextPlace } from './patterns/context-value.ts';
import { once } from '../core/schema/once.ts';
import { described } from '../core/schema/described.ts';

/** S3 stores names of user-defined metadata in lower case. API replies show them without their prefix. */
export const metadataName = once(() =>
  text('the name of a metadata entry').check(
    z.regex(/^(?!x-amz-meta-)[a-z0-9!#$%&'*+.^_`|~-]+$/, {
      error: "is no metadata name; write it in lower case and without 'x-amz-meta-'",
    }),
  ),
);

/** Parts of objects that contexts are made of. */
export const objectContextPlace = once(() =>
  z.union([
    strictObject(
      { metadata: described(metadataName(), 'A metadata entry of the object.') },
      'a context value',
    ),
    strictObject({ objectKey: described(z.literal(true), "The object's key.") }, 'a context value'),
    strictObject(
      { tag: described(text('the key of a tag'), 'A tag of the object; read with a request of its own.') },
      'a context value',
    ),
  ]),
);

/** An entry of metadata is a place of one step: dots have no meaning in its name. */
export function objectContext(place: z.output<ReturnType<typeof objectContextPlace>>): ContextPlace {
  return 'metadata' in place ? { at: [place.metadata] } : place;
}

export function entry(name: string | undefined): readonly [string] | undefined {
  return name === undefined ? undefined : [name];
}
