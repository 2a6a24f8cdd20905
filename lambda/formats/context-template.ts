import * as z from 'zod/mini';
import type { ContextPair } from '../core/model/data-key.ts';
import type { EncryptionContext } from '../core/model/encryption-context.ts';
import type { ConfiguredFormat } from '../core/model/format.ts';

/** Context names with their values, which are constants or places in the record. */
type Template<Place> = Readonly<Record<string, string | Place>>;

/** A context, or the first name that could not be filled. */
type BuiltContext =
  | { readonly kind: 'context'; readonly context: EncryptionContext }
  | { readonly kind: 'missing'; readonly reason: string };

/** One value, or the reason why it was not found. */
export type ContextValue = { readonly value: string } | { readonly reason: string };

/** Looks a place up. */
type Resolve<Place> = (place: Place) => ContextValue;

/** What templates without a place come to: the same for every record. */
const CONSTANT = new WeakMap<object, BuiltContext>();

function buildContext<Place>(template: Template<Place>, resolve: Resolve<Place>): BuiltContext {
  const known = CONSTANT.get(template);
  if (known !== undefined) return known;
  const built = filledIn(template, resolve);
  if (Object.values(template).every(source => typeof source === 'string')) CONSTANT.set(template, built);
  return built;
}

function filledIn<Place>(template: Template<Place>, resolve: Resolve<Place>): BuiltContext {
  const context: [name: string, value: string][] = [];
  for (const [name, source] of Object.entries(template)) {
    const found = typeof source === 'string' ? { value: source } : resolve(source);
    if ('reason' in found)
      return { kind: 'missing', reason: `encryption context '${name}' cannot be built: ${found.reason}` };
    context.push([name, found.value]);
  }
  // A name may be `__proto__`, which an assignment would lose.
  return { kind: 'context', context: Object.fromEntries(context) };
}

/** The contexts that data keys may be under, and the one to encrypt under if the job changes it. */
export interface Contexts<Place> {
  readonly encryptionContext: Template<Place> | readonly Template<Place>[];
  readonly destinationEncryptionContext?: Template<Place> | undefined;
}

/** The record as it is, and as it will be once a run has written its companions. */
export interface Resolvers<Place> {
  readonly now: Resolve<Place>;
  readonly then: Resolve<Place>;
}

export type BuiltContexts =
  | {
      readonly kind: 'contexts';
      readonly contexts: readonly ContextPair[];
      readonly readerContexts: readonly EncryptionContext[];
    }
  | Extract<BuiltContext, { kind: 'missing' }>;

/** Every template that this record can fill; `missing` if it can fill none. */
export function buildContexts<Place>(
  { encryptionContext, destinationEncryptionContext }: Contexts<Place>,
  { now, then }: Resolvers<Place>,
): BuiltContexts {
  const contexts: ContextPair[] = [];
  const readerContexts: EncryptionContext[] = [];
  let missing: Extract<BuiltContext, { kind: 'missing' }> | undefined;
  for (const template of templatesOf(encryptionContext)) {
    const shall = destinationEncryptionContext ?? template;
    const [source, destination, reader] = [
      buildContext(template, now),
      buildContext(shall, then),
      buildContext(shall, now),
    ];
    for (const one of [source, destination, reader]) if (one.kind === 'missing') missing ??= one;
    if (source.kind === 'missing' || destination.kind === 'missing' || reader.kind === 'missing') continue;
    contexts.push({ source: source.context, destination: destination.context });
    readerContexts.push(reader.context);
  }
  if (contexts.length === 0 && missing !== undefined) return missing;
  return { kind: 'contexts', contexts, readerContexts };
}

function templatesOf<Place>(context: Contexts<Place>['encryptionContext']): readonly Template<Place>[] {
  return isList(context) ? context : [context];
}

function isList<Place>(context: Contexts<Place>['encryptionContext']): context is readonly Template<Place>[] {
  return Array.isArray(context);
}

/** The same contexts with their places in another notation. */
export function mapContexts<Written extends object, Place extends object>(
  { encryptionContext, destinationEncryptionContext }: Contexts<Written>,
  placeOf: (written: Written) => Place,
): Contexts<Place> {
  const mapped = (template: Template<Written>): Template<Place> =>
    // A name may be `__proto__`, which an assignment would lose.
    Object.fromEntries(
      Object.entries(template).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : placeOf(value),
      ]),
    );
  return {
    encryptionContext: isList(encryptionContext) ? encryptionContext.map(mapped) : mapped(encryptionContext),
    destinationEncryptionContext: destinationEncryptionContext && mapped(destinationEncryptionContext),
  };
}

/** Every place that is part of a context. */
export function contextPlaces<Place extends object>({
  encryptionContext,
  destinationEncryptionContext = {},
}: Contexts<Place>): readonly Place[] {
  return [...templatesOf(encryptionContext), destinationEncryptionContext]
    .flatMap(template => Object.values(template))
    .filter((value): value is Place => typeof value !== 'string');
}

export function contextNames<Place>({
  encryptionContext,
  destinationEncryptionContext,
}: Contexts<Place>): ConfiguredFormat['contextNames'] {
  const templates = templatesOf(encryptionContext);
  return {
    source: [...new Set(templates.flatMap(template => Object.keys(template)))],
    templates: templates.length,
    ...(destinationEncryptionContext !== undefined && {
      destination: Object.keys(destinationEncryptionContext),
    }),
  };
}

/** With each template, a data key that is under another one costs one more request. */
const MAX_TEMPLATES = 10;

/** The schema of one template over a format's places. */
export function contextTemplate<Place extends z.ZodMiniType>(place: Place) {
  return z.record(
    z.string(),
    z.union([z.string(), place], {
      error: 'is no context value; write a text, or an object that names a place in the record',
    }),
  );
}

/** The schema of one template, or of several to try in order. */
export function contextTemplates<Place extends z.ZodMiniType>(place: Place) {
  const one = contextTemplate(place);
  const list = z
    .array(one)
    .check(z.minLength(1, { error: 'is empty; write at least one context, {} for none' }))
    .check(z.maxLength(MAX_TEMPLATES, { error: `are too many contexts; write at most ${MAX_TEMPLATES}` }));
  return z.union([list, one], {
    // For an object or a list, the problems inside it say more.
    error: ({ input }) =>
      typeof input === 'object' && input !== null
        ? undefined
        : 'is no encryption context; write an object of names and values, or a list of such objects',
  });
}
