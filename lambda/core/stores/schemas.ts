import type * as z from 'zod/mini';
import { tableSchema } from './dynamodb/schema.ts';
import type { StoreType } from './registry.ts';
import { bucketSchema } from './s3/schema.ts';

/** Strict schema of a store in a job, `type` included. `format`: the schema of the formats that it may name. */
type StoreSchema = (format: z.ZodMiniType) => z.ZodMiniObject;

/** The schema of each kind of store. They stand apart from the kinds, because workers read plans, and no jobs. */
export const STORE_SCHEMAS: { readonly [Type in StoreType]: StoreSchema } = {
  dynamodb: tableSchema,
  s3: bucketSchema,
};
