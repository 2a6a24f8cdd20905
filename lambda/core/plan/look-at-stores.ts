import { bindFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import { storeName, type BucketStore, type Job, type Store } from '../model/job.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/job-routes.ts';
import type { ScanRange, StoreLook } from '../model/run.ts';
import { narrowedTo } from '../model/narrowed-to.ts';
import type { RecordStore } from '../ports.ts';
import { declaredPlacesOf } from '../scan/declared-places.ts';
import type { ChosenRoute } from './choose-route.ts';
import { judgeLook, type Judgement } from './judge-look.ts';
import { lookAtStore } from './look-at-store.ts';
import { nearestPrefix, type ListBelow } from './nearest-prefix.ts';
import type { StoreCatalog } from './ports.ts';

/** Opens the records of a store as its workers read them. */
export type OpenRecords = (
  store: Store,
  options: { readonly region: string; readonly tags: boolean },
) => Promise<RecordStore>;

export interface LookPorts {
  readonly records: OpenRecords;
  readonly stores: StoreCatalog;
}

export interface LookedAtStores {
  readonly looked: readonly StoreLook[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Plan looks before it leaps: the first records of each store, whether the job fits them, and what would. */
export async function lookAtStores(
  job: Job,
  { sources, destination }: Pick<ChosenRoute, 'sources' | 'destination'>,
  { formats, ports }: { readonly formats: FormatRegistry; readonly ports: LookPorts },
): Promise<LookedAtStores> {
  const looks = await Promise.all(
    job.stores.map((store, index) => lookAtOne(store, index, { job, sources, destination, formats, ports })),
  );
  return {
    looked: looks.flatMap(({ look }) => look ?? []),
    problems: looks.flatMap(({ problems }) => problems),
    warnings: looks.flatMap(({ warnings }) => warnings),
  };
}

interface Looking extends Pick<ChosenRoute, 'sources' | 'destination'> {
  readonly job: Job;
  readonly formats: FormatRegistry;
  readonly ports: LookPorts;
}

interface OneLook {
  readonly look?: StoreLook;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

async function lookAtOne(store: Store, index: number, looking: Looking): Promise<OneLook> {
  const { job, sources, destination, formats, ports } = looking;
  const region = sourceRegion(job);
  const format = bindFormat(store, formats, destination);
  const looked = await lookAtStore({
    ...{ store: storeName(store), ...rangeOf(store), format, sources, destination },
    records: () => ports.records(store, { region, tags: format.needsTags }),
    declared: declaredPlacesOf(store, { stores: job.stores, storeRegion: region }, formats),
    ignore: store.ignore ?? [],
  });
  const problems = (words: string | undefined): readonly Problem[] =>
    words === undefined ? [] : [{ path: `stores[${index}]`, value: storeName(store), words }];
  if (looked.kind === 'refused') return { problems: problems(looked.words), warnings: [] };
  const { look } = looked;
  const keys = [...sources, destination];
  const seen = { look, slot: format.identity, region, keys };
  const { problem, warnings } = await judged(store, seen, ports);
  return {
    look,
    problems: problems(problem),
    warnings: warnings.map(words => `${storeName(store)}: ${words}`),
  };
}

interface Seen {
  readonly look: StoreLook;
  readonly slot: string;
  readonly region: string;
  readonly keys: readonly PlannedKey[];
}

async function judged(
  store: Store,
  { look, slot, region, keys }: Seen,
  { stores }: LookPorts,
): Promise<Judgement> {
  const narrowed = narrowedTo(store);
  if (look.records === 0 && store.type === 's3' && store.prefix !== '' && narrowed === undefined)
    return judgeEmptyPrefix(store, prefix =>
      stores.listBelow({ region: store.region ?? region, bucket: store.bucket, prefix }),
    );
  return judgeLook({
    ...{ look, slot, keys, called: store.type === 's3' ? 'objects' : 'items' },
    withoutDataKeyExpected: store.withoutDataKey === 'expected',
    ...(narrowed !== undefined && { narrowed }),
  });
}

/** One range over all of the store, or over the first part that the job names: a page of it is read. */
function rangeOf(store: Store): { readonly range: ScanRange; readonly whole: boolean } {
  if (store.type === 's3') {
    const prefixes = store.scope?.prefixes ?? [];
    const [prefix] = prefixes;
    const range = { type: 'key-range' as const, ...(prefix !== undefined && { prefix }) };
    return { range, whole: prefixes.length <= 1 };
  }
  const { total = 1, only = [0] } = store.scope?.segments ?? {};
  const range = { type: 'segment' as const, segment: only[0] ?? 0, totalSegments: total };
  return { range, whole: only.length === 1 };
}

/** A prefix under which there is nothing: a slip of the pen is refused, where that can be seen; everything else is said. */
async function judgeEmptyPrefix({ prefix }: BucketStore, below: ListBelow): Promise<Judgement> {
  const near = await nearestPrefix(prefix, below);
  if (near !== undefined)
    return {
      problem: `there is no object under the prefix ${prefix}, and there are some under ${near}; write that prefix`,
      warnings: [],
    };
  const names = (await below('')) ?? [];
  const there = names.length === 0 ? '' : ` (the bucket has ${names.slice(0, NAMED).join(', ')})`;
  return {
    warnings: [`there is no object under the prefix ${prefix}${there}: a run finds nothing to prove there`],
  };
}

/** Names of a bucket that a warning shows. */
const NAMED = 5;
