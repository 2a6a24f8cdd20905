import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Store } from '../model/job.ts';
import { isSameName } from '../model/store-place.ts';
import type { StoreRecognition } from '../recognise/recognise-store.ts';
import type { StoreType } from '../stores/registry.ts';
import { narrowedTo, ownPlace } from '../stores/places.ts';

/** A table or bucket of the account, and what a sample of it shows. */
export type Look = Looked | NotLooked;

interface Found {
  readonly type: StoreType;
  readonly name: string;
  readonly region: string;
}

interface Looked extends Found {
  readonly kind: 'looked';
  /** The sample is all of it. */
  readonly complete: boolean;
  readonly recognition: StoreRecognition;
}

interface NotLooked extends Found {
  readonly kind: 'not-looked';
  readonly reason: string;
}

/**
 * Whether jobs cover a store. `none`: no data key was recognised in the sample. `unnamed`: it has data keys, and no job names it.
 * `in-part`: jobs name parts of it only. `named`: a job names all of it. `unread`: nobody has looked.
 */
export type Coverage = 'none' | 'unnamed' | 'in-part' | 'named' | 'unread';

export interface DiscoveredStore extends Found {
  readonly coverage: Coverage;
  /** Names of the jobs that name it, or a part of it. */
  readonly jobs: readonly string[];
  /** What parts of it jobs name, in their words; empty where a job names all of it. */
  readonly parts: readonly string[];
  readonly records: number;
  /** Records of the sample in which a data key, or something like one, was recognised. */
  readonly withDataKeys: number;
  readonly dataKeys: number;
  readonly complete: boolean;
  /** What was recognised, and where. */
  readonly formats: readonly { readonly what: string; readonly slot: string }[];
  /** Things that cannot be re-wrapped where they lie, or that look like data keys. */
  readonly unclear: number;
  readonly keys: readonly string[];
  /** Why nobody has looked. */
  readonly reason?: string;
}

export interface DiscoveredKey {
  readonly keyArn: string;
  /** Tables and buckets whose samples name it. */
  readonly stores: number;
  /** Of these, those that no job names as a whole. */
  readonly storesNotNamed: number;
  /** Records of the samples that name it. */
  readonly records: number;
  /** Jobs that move data keys away from it. */
  readonly jobs: readonly string[];
}

export interface Discovery {
  readonly stores: readonly DiscoveredStore[];
  /** The keys that most stores name first. */
  readonly keys: readonly DiscoveredKey[];
  readonly counts: Readonly<Record<Coverage, number>>;
}

/** What lies where, and what of it no job would move. It rests on samples: what none of them shows, nobody has seen. */
export function discoveryOf(looks: readonly Look[], jobs: readonly Job[]): Discovery {
  const stores = looks.map(look => discovered(look, jobs)).sort(worstFirst);
  const of = (coverage: Coverage): number => stores.filter(store => store.coverage === coverage).length;
  return {
    stores,
    keys: keysOf(looks, stores, jobs),
    counts: {
      unnamed: of('unnamed'),
      'in-part': of('in-part'),
      unread: of('unread'),
      named: of('named'),
      none: of('none'),
    },
  };
}

/** Where an operator has most to do comes first. */
const ORDER: readonly Coverage[] = ['unnamed', 'in-part', 'unread', 'named', 'none'];

function worstFirst(one: DiscoveredStore, other: DiscoveredStore): number {
  const [a, b] = [ORDER.indexOf(one.coverage), ORDER.indexOf(other.coverage)];
  if (a !== b) return a - b;
  const [name, otherName] = [`${one.type} ${one.name}`, `${other.type} ${other.name}`];
  return name < otherName ? -1 : name > otherName ? 1 : 0;
}

function discovered(look: Look, jobs: readonly Job[]): DiscoveredStore {
  const { type, name, region } = look;
  const naming = jobs.flatMap(job =>
    job.stores.filter(store => names(store, look, job)).map(store => ({ job: job.name, store })),
  );
  const narrowed = naming.map(({ store }) => partOf(store));
  const parts = narrowed.includes('') ? [] : [...new Set(narrowed)];
  const place = { type, name, region, jobs: [...new Set(naming.map(({ job }) => job))], parts };
  if (look.kind === 'not-looked')
    return { ...place, ...NOTHING_SEEN, coverage: 'unread', reason: look.reason };
  const { records, withNone, hidden, formats, refused, lookAlikes, keys } = look.recognition;
  const unclear = refused.length + lookAlikes.length;
  const anything = formats.length + unclear > 0;
  return {
    ...place,
    coverage: !anything ? 'none' : naming.length === 0 ? 'unnamed' : parts.length > 0 ? 'in-part' : 'named',
    ...{ records, unclear, complete: look.complete },
    withDataKeys: records - withNone - hidden,
    dataKeys: formats.reduce((sum, { dataKeys }) => sum + dataKeys, 0),
    formats: formats.map(({ what, slot }) => ({ what, slot })),
    keys: keys.map(({ keyArn }) => keyArn),
  };
}

const NOTHING_SEEN = {
  ...{ records: 0, withDataKeys: 0, dataKeys: 0, unclear: 0 },
  ...{ complete: false, formats: [], keys: [] },
} as const;

function names(store: Store, { type, name, region }: Found, job: Job): boolean {
  const place = ownPlace(store, store.region ?? sourceRegion(job));
  // What is discovered is of the caller's account.
  return isSameName(place, { type, name, region });
}

/** In words, which part of its table or bucket a store of a job is; empty for all of it. */
function partOf(store: Store): string {
  const { prefix = '' } = ownPlace(store, undefined);
  const parts = [prefix === '' ? undefined : `keys below ${prefix}`, narrowedTo(store)];
  return parts.filter(part => part !== undefined).join(', ');
}

function keysOf(
  looks: readonly Look[],
  stores: readonly DiscoveredStore[],
  jobs: readonly Job[],
): readonly DiscoveredKey[] {
  const records = new Map<string, number>();
  for (const look of looks)
    if (look.kind === 'looked')
      for (const { keyArn, records: of } of look.recognition.keys)
        records.set(keyArn, (records.get(keyArn) ?? 0) + of);
  return [...records]
    .map(([keyArn, of]) => {
      const naming = stores.filter(({ keys }) => keys.includes(keyArn));
      return {
        ...{ keyArn, records: of, stores: naming.length },
        storesNotNamed: naming.filter(({ coverage }) => coverage !== 'named').length,
        jobs: jobs
          .filter(({ source }) => source.keys.some(({ key }) => key === keyArn))
          .map(({ name }) => name),
      };
    })
    .sort((a, b) => b.stores - a.stores || b.records - a.records || (a.keyArn < b.keyArn ? -1 : 1));
}
