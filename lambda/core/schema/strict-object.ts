import { closest } from 'fastest-levenshtein';
import * as z from 'zod/mini';
import { en } from 'zod/v4/locales';

// Words for what no schema has words for: zod/mini has none by itself.
z.config(en());

/** An object that allows no unknown fields: a misspelt one is an error that names the closest valid field. */
export function strictObject<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  what: string,
): z.ZodMiniObject<Shape, z.core.$strict> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: issue => {
      if (issue.code === 'unrecognized_keys')
        return unknownFields((issue as unknown as { keys: string[] }).keys, names);
      return `is not ${what}; write an object with the fields ${names.join(', ')}`;
    },
  });
}

function unknownFields(keys: readonly string[], names: readonly string[]): string {
  const wrong = keys.map(key => `'${key}'`).join(', ');
  const nearest = keys.map(key => `'${closest(key, names)}'`).join(', ');
  return `has no field ${wrong}; did you mean ${nearest}? (fields: ${names.join(', ')})`;
}

/** One of the given words; the error lists them. */
export function oneOf<const Words extends readonly [string, ...string[]]>(
  words: Words,
): z.ZodMiniEnum<z.core.util.ToEnum<Words[number]>> {
  return z.enum(words, {
    error: issue => missing(issue.input) ?? `is not one of the allowed values; write ${words.join(' or ')}`,
  });
}

/** A text that is present and not empty. */
export function text(what: string): z.ZodMiniString {
  return z
    .string({ error: issue => missing(issue.input, what) ?? `is not a text; write ${what}` })
    .check(z.minLength(1, { error: `is empty; write ${what}` }));
}

/** A check by a function that says what is wrong, if anything is. */
export function refusedBy(problem: (value: string) => string | undefined): z.core.CheckFn<string> {
  return ({ value, issues }) => {
    const message = problem(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  };
}

/** A whole number within bounds. */
export function wholeNumber(low: number, high: number, unit: string): z.ZodMiniNumberFormat {
  const error = (issue: { readonly input?: unknown }): string =>
    missing(issue.input) ?? `is out of bounds; write a whole number of ${unit} from ${low} to ${high}`;
  return z.int({ error }).check(z.minimum(low, { error }), z.maximum(high, { error }));
}

function missing(input: unknown, what = 'it'): string | undefined {
  return input === undefined ? `is missing; add ${what}` : undefined;
}
