import { configureFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import type { Job, Store } from '../model/job.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { VersionsOfPlace } from '../model/noncurrent-versions.ts';
import type { ScanRange } from '../model/run.ts';
import { storeName } from '../stores/places.ts';
import { catalogOf, kindOf, type StoreCatalogs } from '../stores/registry.ts';
import type { Inspected, Inspection, StoreCount, Wrong } from '../stores/store.ts';
import { followWarnings } from './follow-warnings.ts';

/** How much there is in the store of that index. */
export interface CountedStore extends StoreCount {
  readonly store: number;
}

export interface InspectedStores {
  readonly ranges: readonly { readonly store: number; readonly range: ScanRange }[];
  readonly counts: readonly CountedStore[];
  readonly warnings: readonly string[];
  /** By place: units a second that a verify pass reads at most, where no limit says so. */
  readonly verifyReads: Readonly<Record<string, number>>;
  /** By index of the store; empty where its kind has no former versions of records. */
  readonly versions: readonly (readonly VersionsOfPlace[])[];
  /** By index of the store: the KMS keys that its service itself encrypts it with, where Plan is told. */
  readonly serverSideKeys: readonly (readonly string[])[];
  readonly problems: readonly Problem[];
}

interface Inspecting extends Pick<Inspection, 'mode' | 'limits' | 'sample'> {
  readonly catalogs: StoreCatalogs;
  readonly formats: FormatRegistry;
}

/** Looks at every store, cuts it into ranges, and collects what an operator should know before the run. */
export async function inspectStores(
  job: Job,
  { formats, catalogs, mode, limits, sample }: Inspecting,
): Promise<InspectedStores> {
  const inspected = await Promise.all(
    job.stores.map(async (store, index) => ({
      index,
      store,
      result: await kindOf(store).inspect(store, {
        ...{ mode, limits, sample, catalog: catalogOf(catalogs, store) },
        format: configureFormat(store, formats),
        region: store.region ?? sourceRegion(job),
      }),
    })),
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
      ...(result.writes !== undefined && { writes: result.writes }),
    })),
    warnings: [...found.flatMap(warningsOf), ...(await followWarnings(job, { catalogs, mode }))],
    verifyReads: Object.assign(
      {},
      ...found.map(({ result }) => result.verifyReads),
    ) as InspectedStores['verifyReads'],
    versions: inspected.map(({ result }) => ('ranges' in result ? (result.versions ?? []) : [])),
    serverSideKeys: inspected.map(({ result }) => ('ranges' in result ? (result.serverSideKeys ?? []) : [])),
    problems: inspected.flatMap(({ index, store, result }) => problemOf(index, store, result)),
  };
}

function problemOf(index: number, store: Store, result: Inspected | Wrong): readonly Problem[] {
  if (!('words' in result)) return [];
  const field = result.field === undefined ? '' : `.${result.field}`;
  return [{ path: `stores[${index}]${field}`, value: storeName(store), words: result.words }];
}

function warningsOf({
  store,
  result,
}: {
  readonly store: Store;
  readonly result: Inspected;
}): readonly string[] {
  return result.warnings.map(warning => `${storeName(store)}: ${warning}`);
}
