import type { AttributeMap, AttributePath, AttributeValue } from './record.ts';

/** The value at a path; `undefined` if any step of it is missing. */
export function valueAt(attributes: AttributeMap, path: AttributePath): AttributeValue | undefined {
  const [name, ...rest] = path;
  if (typeof name !== 'string') return undefined;
  return rest.reduce<AttributeValue | undefined>((value, step) => child(value, step), own(attributes, name));
}

function child(value: AttributeValue | undefined, step: string | number): AttributeValue | undefined {
  if (value === undefined) return undefined;
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined;
  return 'M' in value ? own(value.M, step) : undefined;
}

function own(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
