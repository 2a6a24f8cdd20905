import { encodedRuns } from './decoded.ts';
import { signInText } from './signs.ts';

/** The same data with `*` in place of each ciphertext in its texts and in the names of its members: people will see it. */
export function withoutCiphertextsIn<T>(value: T): T {
  return mapped(value) as T;
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return value.map(mapped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [shown(name), mapped(member)]));
}

const NO_LENGTHS: ReadonlySet<number> = new Set();

function shown(text: string): string {
  if (!isSign(text)) return text;
  const without = [...encodedRuns(text)].reduce((rest, run) => rest.replace(run, '*'), text);
  // A ciphertext may also be broken into lines, or be too short for a run.
  return isSign(without) ? '*' : without.replaceAll(/\*={1,2}/g, '*');
}

function isSign(text: string): boolean {
  return signInText(text, NO_LENGTHS, 1) !== undefined;
}
