import type { ConditionKeys } from '../protocol/authorization.ts';

/** Condition keys of a request by their names in lower case. A list is a multivalued key, even with one value. */
export type Context = ReadonlyMap<string, string | readonly string[]>;

/** Condition keys by name. Names are case-insensitive (IAM user guide, condition keys). Absent values are left out. */
export function contextOf(...parts: readonly ConditionKeys[]): Context {
  const context = new Map<string, string | readonly string[]>();
  for (const part of parts)
    for (const [name, value] of Object.entries(part))
      if (value !== undefined) context.set(name.toLowerCase(), value);
  return context;
}
