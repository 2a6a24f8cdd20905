import type { Frame } from './execution-frame.ts';
import type { Bindings } from './jsonata.ts';

/** A running state: its input, and the execution that it belongs to. */
export interface StateRun {
  readonly input: unknown;
  readonly frame: Frame;
}

/** What the expressions of a state see. */
export function bindingsOf(
  { input, frame }: StateRun,
  more: { readonly result?: unknown; readonly errorOutput?: unknown } = {},
): Bindings {
  return { states: { input, context: frame.context, ...more }, variables: frame.variables };
}
