import { distance } from 'fastest-levenshtein';

/**
 * Whether one name is probably a misspelling of the other: they differ only in case and punctuation, or in a few letters.
 * Names with different digits are different names: 2027/ is not a misspelling of 2026/.
 */
export function isNearSpelling(one: string, other: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  const digits = (text: string): string => text.replace(/\D/g, '');
  const [a, b] = [plain(one), plain(other)];
  if (a === '' || b === '') return false;
  if (a === b) return true;
  return digits(a) === digits(b) && distance(a, b) <= Math.max(1, Math.floor(a.length / 3));
}

/** Sorted by how close their names are to the given one. */
export function byNearness<Named>(
  name: string,
  all: readonly Named[],
  nameOf: (one: Named) => string,
): readonly Named[] {
  return all
    .map(one => ({ one, far: distance(name.toLowerCase(), nameOf(one).toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
    .map(({ one }) => one);
}
