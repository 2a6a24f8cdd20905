import type * as z from 'zod';
import type { RUN_EVENTS } from './run-event-schemas.ts';

type Details = { readonly [Type in keyof typeof RUN_EVENTS]: Readonly<z.infer<(typeof RUN_EVENTS)[Type]>> };

/** An event without its deployment, which the adapter knows. */
export type RunEvent = {
  readonly [Type in keyof Details]: {
    readonly type: Type;
    readonly detail: Omit<Details[Type], 'deployment'>;
  };
}[keyof Details];
