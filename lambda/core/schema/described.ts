import * as z from 'zod/mini';

/** The same schema with words for the JSON Schema and the reference of jobs. */
export function described<Schema extends z.core.$ZodType>(schema: Schema, description: string): Schema {
  const copy = z.clone(schema);
  z.globalRegistry.add(copy, { description });
  return copy;
}
