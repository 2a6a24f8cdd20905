import * as z from 'zod/mini';
import { strictObject } from '../../core/schema/strict-object.ts';
import { once } from '../../core/schema/once.ts';

/** The job's `format` object for `confidant`. Its rows tell everything. */
export const confidantConfig = once(() => strictObject({ type: z.literal('confidant') }, 'a format'));
