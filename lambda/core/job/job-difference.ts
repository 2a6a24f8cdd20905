import type { Job } from '../model/job.ts';
import { formatPath } from './parse-job.ts';

/** How two jobs differ, a line for each field: `limits.maxConcurrency: 4 in the file, 16 deployed`. */
export function jobDifferences(file: Job, deployed: Job): readonly string[] {
  return differences(file, deployed, []).map(({ path, mine, theirs }) =>
    isInContext(path)
      ? `${formatPath(path)}: the file says something else than what is deployed (values of contexts are not shown)`
      : `${formatPath(path)}: ${shown(mine)} in the file, ${shown(theirs)} deployed`,
  );
}

/** Values of contexts are shown nowhere. */
export function isInContext(path: readonly PropertyKey[]): boolean {
  return path.some(step => CONTEXTS.has(step));
}

const CONTEXTS: ReadonlySet<PropertyKey> = new Set(['encryptionContext', 'destinationEncryptionContext']);

export interface Difference {
  readonly path: readonly PropertyKey[];
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** The innermost members that differ. */
export function differences(
  mine: unknown,
  theirs: unknown,
  path: readonly PropertyKey[],
): readonly Difference[] {
  if (!isObject(mine) || !isObject(theirs) || Array.isArray(mine) !== Array.isArray(theirs))
    return JSON.stringify(mine) === JSON.stringify(theirs) ? [] : [{ path, mine, theirs }];
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return names.flatMap(name =>
    differences(mine[name], theirs[name], [...path, Array.isArray(mine) ? Number(name) : name]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const SHOWN_LENGTH = 80;

/** A value in one short line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value, (name, member: unknown) => (CONTEXTS.has(name) ? '…' : member));
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
