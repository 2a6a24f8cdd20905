import type { Job, Limits, Store } from '../model/job.ts';
import { storeName } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanRange } from '../model/run.ts';
import type { BucketDescription, Lookup, StoreCatalog, TableDescription } from './ports.ts';
import { segments } from './segments.ts';
import { splitKeyRange } from './split-key-range.ts';

export interface StoreCount {
  readonly store: number;
  readonly records: number;
  readonly bytes: number;
}

export interface InspectedStores {
  readonly ranges: readonly { readonly store: number; readonly range: ScanRange }[];
  readonly counts: readonly StoreCount[];
  readonly warnings: readonly string[];
  readonly problems: readonly Problem[];
}

interface Inspected {
  readonly ranges: readonly ScanRange[];
  readonly records: number;
  readonly bytes: number;
  readonly warnings: readonly string[];
}

/** Looks at every store, cuts it into ranges, and collects what an operator should know before the run. */
export async function inspectStores(
  { stores }: Job,
  limits: Limits,
  catalog: StoreCatalog,
): Promise<InspectedStores> {
  const inspected = await Promise.all(
    stores.map(async (store, index) => ({ index, store, result: await inspect(store, limits, catalog) })),
  );
  const found = inspected.flatMap(({ index, store, result }) =>
    'ranges' in result ? [{ index, store, result }] : [],
  );
  return {
    ranges: found.flatMap(({ index, result }) => result.ranges.map(range => ({ store: index, range }))),
    counts: found.map(({ index, result }) => ({
      store: index,
      records: result.records,
      bytes: result.bytes,
    })),
    warnings: found.flatMap(({ store, result }) =>
      result.warnings.map(warning => `${storeName(store)}: ${warning}`),
    ),
    problems: inspected.flatMap(({ index, store, result }) =>
      'words' in result ? [{ path: `stores[${index}]`, value: storeName(store), words: result.words }] : [],
    ),
  };
}

async function inspect(
  store: Store,
  limits: Limits,
  catalog: StoreCatalog,
): Promise<Inspected | { readonly words: string }> {
  if (store.type === 'dynamodb') {
    const lookup = await catalog.describeTable(store.table);
    if (lookup.kind !== 'found') return missing('table', lookup);
    const { itemCount, sizeBytes } = lookup.description;
    return {
      ranges: segments(lookup.description, limits.maxConcurrency),
      records: itemCount,
      bytes: sizeBytes,
      warnings: tableWarnings(lookup.description),
    };
  }
  const lookup = await catalog.describeBucket(store.bucket);
  if (lookup.kind !== 'found') return missing('bucket', lookup);
  const { ranges, keys } = await splitKeyRange(
    query => catalog.listKeys({ bucket: store.bucket, prefix: store.prefix, ...query }),
    limits.maxConcurrency,
  );
  return { ranges, records: keys, bytes: 0, warnings: bucketWarnings(lookup.description) };
}

function missing(
  what: string,
  lookup: Exclude<Lookup<unknown>, { readonly kind: 'found' }>,
): { readonly words: string } {
  return lookup.kind === 'not-found'
    ? { words: `there is no such ${what} in this account and Region; create it, or correct the name` }
    : {
        words: `this role may not look at the ${what} (${lookup.message}); deploy the job, so that the role is granted it`,
      };
}

function tableWarnings({
  streamEnabled,
  replicaRegions,
  pointInTimeRecovery,
}: TableDescription): readonly string[] {
  return [
    ...(streamEnabled ? ['every re-wrapped item makes a stream record; consumers will see them'] : []),
    ...(replicaRegions.length > 0
      ? [
          `a global table with replicas in ${replicaRegions.join(', ')}: run this job in one Region only, and check that readers there may use the destination key`,
        ]
      : []),
    ...(pointInTimeRecovery
      ? [
          'point-in-time recovery keeps items with their old data keys for up to 35 days; keep the source keys that long',
        ]
      : []),
  ];
}

function bucketWarnings({ versioned, accessControlLists }: BucketDescription): readonly string[] {
  return [
    'a new data key in metadata is a copy of the object: its Last-Modified moves, and lifecycle, replication and notifications follow',
    ...(versioned
      ? [
          'versioning keeps every object once more with its old data key, billed and readable under the source key',
        ]
      : []),
    ...(accessControlLists
      ? ["access control lists are in force: each object's own is read and sent again with the copy"]
      : []),
  ];
}
