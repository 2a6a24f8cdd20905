import type { Problem } from '../../model/problem.ts';
import type { StoreScope } from '../store.ts';
import type { BucketStore } from './schema.ts';

/** Parts of a bucket: prefixes, a suffix, a stretch of time. */
export const bucketParts: StoreScope<BucketStore> = {
  problems: ({ prefix: own, scope, versions, copyTo }) => [
    ...(scope?.prefixes ?? []).flatMap((prefix, position, all) =>
      prefixProblems(prefix, { own, position, earlier: all.slice(0, position) }),
    ),
    ...(versions === 'all' && copyTo !== undefined ? [NO_COPIES_OF_VERSIONS] : []),
  ],

  narrowedTo({ scope: { prefixes, suffix, modifiedAfter, modifiedBefore } = {} }) {
    return [
      ...(prefixes === undefined ? [] : [`keys that start with ${prefixes.join(' or ')}`]),
      ...(suffix === undefined ? [] : [`keys that end with ${suffix}`]),
      ...(modifiedAfter === undefined ? [] : [`objects modified after ${modifiedAfter}`]),
      ...(modifiedBefore === undefined ? [] : [`objects modified before ${modifiedBefore}`]),
    ];
  },

  firstRange({ scope }) {
    const prefixes = scope?.prefixes ?? [];
    const [prefix] = prefixes;
    const range = { type: 'key-range' as const, ...(prefix !== undefined && { prefix }) };
    return { range, whole: prefixes.length <= 1 };
  },

  areApart: (one, other) => !prefixesOf(one).some(a => prefixesOf(other).some(b => areNested(a, b))),

  cure: 'give them prefixes that do not overlap',
};

const NO_COPIES_OF_VERSIONS: Problem = {
  path: 'versions',
  value: 'all',
  words: 'are not copied: a copy is made of the current version; write current, or a store without copyTo',
};

function prefixesOf({ prefix, scope }: BucketStore): readonly string[] {
  return scope?.prefixes ?? [prefix];
}

function prefixProblems(
  prefix: string,
  {
    own,
    position,
    earlier,
  }: { readonly own: string; readonly position: number; readonly earlier: readonly string[] },
): readonly Problem[] {
  const path = `scope.prefixes[${position}]`;
  if (!prefix.startsWith(own))
    return [{ path, value: prefix, words: `does not start with the store's prefix; write ${own}…` }];
  const other = earlier.find(one => areNested(one, prefix));
  return other === undefined
    ? []
    : [{ path, value: prefix, words: `overlaps with ${other}; write prefixes that do not overlap` }];
}

function areNested(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
