import { sourceRegion } from '../model/job-regions.ts';
import type { Job, Store } from '../model/job.ts';
import { isSameName } from '../model/store-place.ts';
import { narrowedTo, ownPlace } from '../stores/places.ts';
import { arnIn, type DescribedKeys } from './described-keys.ts';
import {
  discoveredKeys,
  type BackupsInRegion,
  type DiscoveredKey,
  type TrailOfKeys,
} from './discovered-keys.ts';
import type { Found, Look } from './look.ts';

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
  /** Some of its data keys do not say under which key they are. */
  readonly keysUntold: boolean;
  /** The keys that its service itself encrypts it with, or what is put there, but for those that AWS manages; `null` where that could not be seen. */
  readonly serverSideKeys: readonly string[] | null;
  /** Why that could not be seen. */
  readonly serverSideReason?: string;
  /** Why nobody has looked. */
  readonly reason?: string;
}

export interface Discovery {
  readonly stores: readonly DiscoveredStore[];
  /** Those that most stores name first, then those that no store names. */
  readonly keys: readonly DiscoveredKey[];
  readonly counts: Readonly<Record<Coverage, number>>;
}

interface Known {
  /** @default KMS has described none */
  readonly described?: DescribedKeys;
  readonly trail?: TrailOfKeys;
  readonly backups?: BackupsInRegion;
}

/** What lies where, and what of it no job would move. It rests on samples: what none of them shows, nobody has seen. */
export function discoveryOf(
  looks: readonly Look[],
  jobs: readonly Job[],
  { described = new Map(), trail, backups }: Known = {},
): Discovery {
  const stores = looks
    .map(look => ({ ...discovered(look, jobs), ...serverSideOf(look, described) }))
    .sort(worstFirst);
  const of = (coverage: Coverage): number => stores.filter(store => store.coverage === coverage).length;
  return {
    stores,
    keys: discoveredKeys({
      ...{ looks, stores, jobs, described },
      ...(trail !== undefined && { trail }),
      ...(backups !== undefined && { backups }),
    }),
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

function discovered(look: Look, jobs: readonly Job[]): Omit<DiscoveredStore, 'serverSideKeys'> {
  const { type, name, region } = look;
  const naming = jobs.flatMap(job =>
    job.stores.filter(store => names(store, look, job)).map(store => ({ job: job.name, store })),
  );
  const narrowed = naming.map(({ store }) => partOf(store));
  const parts = narrowed.includes('') ? [] : [...new Set(narrowed)];
  const place = { type, name, region, jobs: [...new Set(naming.map(({ job }) => job))], parts };
  if (look.kind === 'not-looked')
    return { ...place, ...NOTHING_SEEN, coverage: 'unread', reason: look.reason };
  const { records, withNone, hidden, formats, refused, lookAlikes, rsaLengths, keys } = look.recognition;
  const unclear = refused.length + lookAlikes.length + rsaLengths.length;
  const anything = formats.length + unclear > 0;
  return {
    ...place,
    coverage: !anything ? 'none' : naming.length === 0 ? 'unnamed' : parts.length > 0 ? 'in-part' : 'named',
    ...{ records, unclear, complete: look.complete },
    withDataKeys: records - withNone - hidden,
    dataKeys: formats.reduce((sum, { dataKeys }) => sum + dataKeys, 0),
    formats: formats.map(({ what, slot }) => ({ what, slot })),
    keys: keys.map(({ keyArn }) => keyArn),
    keysUntold: lookAlikes.length > 0 || formats.some(format => format.keys.length === 0),
  };
}

function serverSideOf(
  { serverSide }: Look,
  described: DescribedKeys,
): Pick<DiscoveredStore, 'serverSideKeys' | 'serverSideReason'> {
  if (serverSide.kind === 'unseen') return { serverSideKeys: null, serverSideReason: serverSide.words };
  const own = serverSide.value.filter(key => described.get(key)?.awsManaged !== true);
  return { serverSideKeys: own.map(key => arnIn(described, key)) };
}

const NOTHING_SEEN = {
  ...{ records: 0, withDataKeys: 0, dataKeys: 0, unclear: 0 },
  ...{ complete: false, formats: [], keys: [], keysUntold: false },
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
