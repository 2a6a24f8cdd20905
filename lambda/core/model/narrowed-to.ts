import type { Store } from './job.ts';
import type { BucketScope, TableScope } from './scope.ts';

/** In words, what a store is narrowed to; `undefined` where a run visits all of it. */
export function narrowedTo(store: Store, sample?: number): string | undefined {
  const parts = [
    ...(store.type === 'dynamodb' ? tableParts(store.scope ?? {}) : bucketParts(store.scope ?? {})),
    ...(sample === undefined ? [] : [`the first ${sample} records`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

function tableParts({ filter, index, segments }: TableScope): readonly string[] {
  return [
    ...(filter === undefined ? [] : [`items where ${filter.expression}`]),
    ...(index === undefined ? [] : [`items in the index ${index}`]),
    ...(segments === undefined ? [] : [`${segments.only.length} of ${segments.total} segments`]),
  ];
}

function bucketParts({ prefixes, suffix, modifiedAfter, modifiedBefore }: BucketScope): readonly string[] {
  return [
    ...(prefixes === undefined ? [] : [`keys that start with ${prefixes.join(' or ')}`]),
    ...(suffix === undefined ? [] : [`keys that end with ${suffix}`]),
    ...(modifiedAfter === undefined ? [] : [`objects modified after ${modifiedAfter}`]),
    ...(modifiedBefore === undefined ? [] : [`objects modified before ${modifiedBefore}`]),
  ];
}
