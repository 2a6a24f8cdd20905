import type { AttributeMap, AttributePath, AttributeValue, PathStep } from '../model/record.ts';

interface Setting {
  readonly path: AttributePath;
  /** `undefined` for nothing. */
  readonly after: AttributeValue | undefined;
}

/** What an UpdateItem does to the attributes of an item. */
export function changedAttributes(attributes: AttributeMap, settings: readonly Setting[]): AttributeMap {
  return settings.reduce((map, { path, after }) => inMap(map, path, after), attributes);
}

/** All metadata, or annotations, of an object after a change. */
export function changedTexts(
  texts: Readonly<Record<string, string>>,
  settings: readonly Setting[],
): Readonly<Record<string, string>> {
  const entries = new Map(Object.entries(texts));
  for (const { path, after } of settings) {
    const name = nameOf(path[0]);
    if (after === undefined) entries.delete(name);
    else entries.set(name, textOf(after));
  }
  return Object.fromEntries(entries);
}

function nameOf(step: PathStep | undefined): string {
  if (typeof step === 'string') return step;
  throw new TypeError('a metadata entry or annotation has a name');
}

function textOf(value: AttributeValue): string {
  if ('S' in value) return value.S;
  throw new TypeError('a metadata entry or annotation is a text');
}

/** `value`: `undefined` removes what is there. */
function inMap(
  map: AttributeMap,
  [step, ...rest]: AttributePath,
  value: AttributeValue | undefined,
): AttributeMap {
  if (typeof step !== 'string') throw new TypeError('a member of a map has a name');
  const member = Object.hasOwn(map, step) ? map[step] : undefined;
  const after = rest.length === 0 ? value : inValue(member, rest, value);
  // fromEntries, because a member may have any name: `__proto__` set by assignment would be lost.
  return Object.fromEntries([
    ...Object.entries(map).filter(([name]) => name !== step),
    ...(after === undefined ? [] : [[step, after] as const]),
  ]);
}

function inValue(
  parent: AttributeValue | undefined,
  path: AttributePath,
  value: AttributeValue | undefined,
): AttributeValue {
  const [step, ...rest] = path;
  if (parent !== undefined && 'M' in parent) return { M: inMap(parent.M, path, value) };
  if (parent !== undefined && 'L' in parent && typeof step === 'number' && step < parent.L.length)
    return {
      L: parent.L.flatMap((element, index) => {
        if (index !== step) return [element];
        const after = rest.length === 0 ? value : inValue(element, rest, value);
        return after === undefined ? [] : [after];
      }),
    };
  throw new TypeError(`nothing to set at ${JSON.stringify(step)}`);
}
