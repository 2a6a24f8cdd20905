import { distance } from 'fastest-levenshtein';
import { bindFormat } from '../job/bind-format.ts';
import type { FormatRegistry } from '../model/format.ts';
import { storeName, type BucketStore, type Job, type Store } from '../model/job.ts';
import type { PlannedKey } from '../model/key-use.ts';
import type { Problem } from '../model/problem.ts';
import { sourceRegion } from '../model/route.ts';
import type { ScanRange, StoreLook } from '../model/run.ts';
import { narrowedTo } from '../model/scope.ts';
import type { RecordStore } from '../ports.ts';
import { declaredPlacesOf } from '../scan/declared-places.ts';
import type { ChosenRoute } from './choose-route.ts';
import { judgeLook, type Judgement } from './judge-look.ts';
import { lookAtStore } from './look-at-store.ts';
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
    ...{ store: storeName(store), range: wholeOf(store), format, sources, destination },
    records: await ports.records(store, { region, tags: format.needsTags }),
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
  const prefixed =
    store.type === 's3' && store.prefix !== '' ? `under the prefix ${store.prefix}` : undefined;
  const narrowed = narrowedTo(store) ?? prefixed;
  if (look.records === 0 && store.type === 's3' && prefixed !== undefined) {
    const near = await nearestPrefix(store, store.region ?? region, stores);
    if (near !== undefined)
      return {
        problem: `no object is ${prefixed}, and there are some under ${near}; write that prefix`,
        warnings: [],
      };
  }
  return judgeLook({
    ...{ look, slot, keys, called: store.type === 's3' ? 'objects' : 'items' },
    ...(narrowed !== undefined && { narrowed }),
  });
}

/** One range over all of the store, or over the first part that the job names: a page of it is read. */
function wholeOf(store: Store): ScanRange {
  if (store.type === 's3') {
    const [prefix] = store.scope?.prefixes ?? [];
    return { type: 'key-range', ...(prefix !== undefined && { prefix }) };
  }
  const { total = 1, only: [segment = 0] = [] } = store.scope?.segments ?? {};
  return { type: 'segment', segment, totalSegments: total };
}

/** Further apart than this, two prefixes are not one that was mistyped. */
const MISTYPED = 2;

/** A prefix of as many parts under which there are objects, and that the job's one may be meant for. */
async function nearestPrefix(
  { bucket, prefix }: BucketStore,
  region: string,
  catalog: StoreCatalog,
): Promise<string | undefined> {
  // A suggestion is a courtesy: the service's own role may list below the prefixes of its jobs only.
  const { keys } = await catalog
    .listKeys({ region, bucket, prefix: '' })
    .catch(() => ({ keys: [] as readonly string[] }));
  const depth = Math.max(1, prefix.split('/').filter(part => part !== '').length);
  const prefixes = new Set(
    keys.filter(key => key.includes('/')).map(key => `${key.split('/').slice(0, depth).join('/')}/`),
  );
  const plain = (text: string): string => text.toLowerCase().replace(/^\/+|\/+$/g, '');
  const [nearest] = [...prefixes].sort(
    (a, b) => distance(plain(a), plain(prefix)) - distance(plain(b), plain(prefix)),
  );
  return nearest !== undefined && distance(plain(nearest), plain(prefix)) <= MISTYPED ? nearest : undefined;
}
