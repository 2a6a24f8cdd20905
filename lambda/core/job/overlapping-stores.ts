import { storeName, type BucketStore, type Job, type Store, type TableStore } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-routes.ts';
import { areDisjoint } from '../model/table-filter.ts';
import type { BoundFormat } from '../model/format.ts';

/** Two stores that would work on one data key: the second would find what the first has just written. */
export function overlappingStores(job: Job, bound: readonly BoundFormat[]): readonly Problem[] {
  const region = sourceRegion(job);
  return job.stores.flatMap((store, index) => {
    const same = job.stores.findIndex(
      (other, at) =>
        at < index && bound[at]?.identity === bound[index]?.identity && overlaps(other, store, region),
    );
    const first = job.stores[same];
    if (first === undefined) return [];
    const words = `has the data keys of stores[${same}] (${storeName(first)}), too; ${cureOf(store)}`;
    return [{ path: `stores[${index}]`, value: storeName(store), words }];
  });
}

function cureOf({ type }: Store): string {
  switch (type) {
    case 'dynamodb':
      return 'if they differ in their context, write one store with a list of contexts as its encryptionContext; otherwise remove one, or give them filters that cannot overlap (scope.filter; if that cannot be seen from the filters, assert it by scope.disjoint)';
    case 's3':
      return 'if they differ in their context, write one store with a list of contexts as its encryptionContext; otherwise remove one, or give them prefixes that do not overlap';
  }
}

function overlaps(a: Store, b: Store, region: string): boolean {
  if ((a.region ?? region) !== (b.region ?? region)) return false;
  if (a.type === 'dynamodb') return b.type === 'dynamodb' && a.table === b.table && !areApart(a, b);
  return b.type === 's3' && a.bucket === b.bucket && prefixesOverlap(a, b);
}

/** Proven by filters or segments, or asserted. */
function areApart({ scope: a = {} }: TableStore, { scope: b = {} }: TableStore): boolean {
  if (a.disjoint === true || b.disjoint === true) return true;
  if (a.filter !== undefined && b.filter !== undefined && areDisjoint(a.filter, b.filter)) return true;
  const [these, those] = [a.segments, b.segments];
  return (
    these !== undefined &&
    those?.total === these.total &&
    !these.only.some(segment => those.only.includes(segment))
  );
}

function prefixesOverlap(a: BucketStore, b: BucketStore): boolean {
  const prefixes = ({ prefix, scope }: BucketStore): readonly string[] => scope?.prefixes ?? [prefix];
  return prefixes(a).some(one => prefixes(b).some(other => one.startsWith(other) || other.startsWith(one)));
}
