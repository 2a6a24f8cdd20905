import * as z from 'zod';
import { strictObject, text } from '../core/schema/strict-object.ts';
import type { ContextPlace } from './patterns/context-value.ts';

/** S3 stores names of user-defined metadata in lower case. API replies show them without their prefix. */
export const metadataName = text('the name of a metadata entry').regex(
  /^(?!x-amz-meta-)[a-z0-9!#$%&'*+.^_`|~-]+$/,
  {
    error: "is no metadata name; write it in lower case and without 'x-amz-meta-'",
  },
);

/** Parts of objects that contexts are made of. */
export const objectContextPlace = z.union([
  strictObject({ metadata: metadataName.describe('A metadata entry of the object.') }, 'a context value'),
  strictObject({ objectKey: z.literal(true).describe("The object's key.") }, 'a context value'),
  strictObject(
    { tag: text('the key of a tag').describe('A tag of the object; read with a request of its own.') },
    'a context value',
  ),
]);

/** An entry of metadata is a place of one step: dots have no meaning in its name. */
export function objectContext(place: z.output<typeof objectContextPlace>): ContextPlace {
  return 'metadata' in place ? { at: [place.metadata] } : place;
}

export function entry(name: string | undefined): readonly [string] | undefined {
  return name === undefined ? undefined : [name];
}
