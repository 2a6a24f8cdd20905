import { byNearness, isNearSpelling } from '../../model/spelling.ts';

/** The folders and keys right below a prefix; `undefined` where this role may not list them. */
export type ListBelow = (prefix: string) => Promise<readonly string[] | undefined>;

/** Folders that are walked down: each costs a listing. */
const MAX_DEPTH = 8;

/**
 * An existing prefix that the job probably means: 2026/ for /2026/, docs/ for Docs/. Walks the bucket's folders along the
 * job's prefix; if one is missing, it continues in the folder with the most similar name. `undefined` if there is none.
 */
export async function nearestPrefix(prefix: string, below: ListBelow): Promise<string | undefined> {
  const segments = prefix.split('/').filter(segment => segment !== '');
  let found = '';
  for (const segment of segments.slice(0, MAX_DEPTH)) {
    const names = await below(found);
    if (names === undefined) break;
    const next = nextBelow(found, segment, names);
    if (next === undefined) return undefined;
    found = next;
  }
  // A parent of the job's own prefix is not a different place.
  return prefix.startsWith(found) ? undefined : found;
}

function nextBelow(above: string, segment: string, names: readonly string[]): string | undefined {
  const own = names.map(name => ({ name, segment: name.slice(above.length).replace(/\/$/, '') }));
  const exact = own.find(one => one.name === `${above}${segment}/`);
  if (exact !== undefined) return exact.name;
  const near = own.filter(one => isNearSpelling(segment, one.segment));
  return byNearness(segment, near, one => one.segment)[0]?.name;
}
