import { valueAt } from '../../core/model/attribute-path.ts';
import type { AttributeMap, AttributePath } from '../../core/model/record.ts';

const STEP = /([^.[\]]+)|\[(\d+)\]/y;

/** Reads `envelope.keys[0].edk`; `undefined` for anything that is not a path. A list of steps is taken as it is. */
export function parsePath(path: string | readonly (string | number)[]): AttributePath | undefined {
  if (typeof path !== 'string') return typeof path[0] === 'string' ? path : undefined;
  const steps: (string | number)[] = [];
  let rest = path;
  while (rest !== '') {
    STEP.lastIndex = 0;
    const [step, name, index] = STEP.exec(rest) ?? [];
    if (step === undefined) return undefined;
    steps.push(name ?? Number(index));
    rest = rest.slice(step.length);
    if (rest.startsWith('.')) {
      rest = rest.slice(1);
      if (rest === '' || rest.startsWith('[')) return undefined;
    } else if (rest !== '' && !rest.startsWith('[')) return undefined;
  }
  return typeof steps[0] === 'string' ? steps : undefined;
}

/** The path in DynamoDB's own notation. */
export function formatAttributePath(path: AttributePath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** The text at a path; `undefined` if there is none, or something else. */
export function textAt(attributes: AttributeMap, path: AttributePath | undefined): string | undefined {
  const value = path === undefined ? undefined : valueAt(attributes, path);
  return value !== undefined && 'S' in value ? value.S : undefined;
}

/** DynamoDB can set a member only in a map that exists. */
export function hasRoomAt(attributes: AttributeMap, path: AttributePath): boolean {
  if (path.length === 1 || valueAt(attributes, path) !== undefined) return true;
  const parent = valueAt(attributes, path.slice(0, -1));
  return parent !== undefined && 'M' in parent && typeof path.at(-1) === 'string';
}

/** A path of a configuration that has been validated before. */
export function needPath(path: string | readonly (string | number)[]): AttributePath {
  const parsed = parsePath(path);
  if (parsed === undefined) throw new TypeError(`no attribute path: ${JSON.stringify(path)}`);
  return parsed;
}

export function samePath(a: AttributePath | undefined, b: AttributePath | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
