import * as z from 'zod';
import type { EncryptionContext } from '../core/model/encryption-context.ts';
import type { BoundFormat } from '../core/model/format.ts';

/** A context, or the first name that could not be filled. */
export type BuiltContext =
  | { readonly kind: 'context'; readonly context: EncryptionContext }
  | { readonly kind: 'missing'; readonly reason: string };

/** One value: found, or why not. */
export type ContextValue = { readonly value: string } | { readonly reason: string };

/** A template maps context names to constants or to places in the record; `resolve` looks a place up. */
export function buildContext<Place>(
  template: Readonly<Record<string, string | Place>>,
  resolve: (place: Place) => ContextValue,
): BuiltContext {
  const context: Record<string, string> = {};
  for (const [name, source] of Object.entries(template)) {
    const found = typeof source === 'string' ? { value: source } : resolve(source);
    if ('reason' in found)
      return { kind: 'missing', reason: `encryption context '${name}' cannot be built: ${found.reason}` };
    context[name] = found.value;
  }
  return { kind: 'context', context };
}

/** Source context, and the one to encrypt under where the job changes it. */
export interface Contexts<Place> {
  readonly encryptionContext: Readonly<Record<string, string | Place>>;
  readonly destinationEncryptionContext?: Readonly<Record<string, string | Place>> | undefined;
}

export type BuiltContexts =
  | {
      readonly kind: 'contexts';
      readonly encryptionContext: EncryptionContext;
      readonly destinationContext?: EncryptionContext;
    }
  | Extract<BuiltContext, { kind: 'missing' }>;

export function buildContexts<Place>(
  { encryptionContext, destinationEncryptionContext }: Contexts<Place>,
  resolve: (place: Place) => ContextValue,
): BuiltContexts {
  const source = buildContext(encryptionContext, resolve);
  if (source.kind === 'missing') return source;
  if (destinationEncryptionContext === undefined)
    return { kind: 'contexts', encryptionContext: source.context };
  const destination = buildContext(destinationEncryptionContext, resolve);
  if (destination.kind === 'missing') return destination;
  return { kind: 'contexts', encryptionContext: source.context, destinationContext: destination.context };
}

export function contextNames<Place>({
  encryptionContext,
  destinationEncryptionContext,
}: Contexts<Place>): BoundFormat['contextNames'] {
  return {
    source: Object.keys(encryptionContext),
    ...(destinationEncryptionContext !== undefined && {
      destination: Object.keys(destinationEncryptionContext),
    }),
  };
}

/** The schema of a template over one format's places. */
export function contextTemplate<Place extends z.ZodType>(place: Place) {
  return z.record(
    z.string(),
    z.union([z.string(), place], {
      error: 'is no context value; write a text, or an object that names a place in the record',
    }),
  );
}
