import * as z from 'zod';
import { strictObject } from '../../core/schema/strict-object.ts';

/** The job's `format` object for `confidant`. Its rows tell everything. */
export const confidantConfig = strictObject({ type: z.literal('confidant') }, 'a format');
