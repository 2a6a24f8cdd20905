import * as z from 'zod/mini';
import type { FormatRegistry } from '../model/format.ts';
import { jobSchema } from './job-schema.ts';

/** The JSON Schema of a job file, for editors: what may be written, with defaults left out. */
export function jobJsonSchema(formats: FormatRegistry): object {
  return { title: 'kms-rewrap job', ...z.toJSONSchema(jobSchema(formats), { io: 'input' }) };
}
