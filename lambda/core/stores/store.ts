import type { Limits, Store } from '../model/job.ts';
import type { ConfiguredFormat } from '../model/format.ts';
import type { Problem } from '../model/problem.ts';
import type { NoncurrentVersions, VersionsOfPlace } from '../model/noncurrent-versions.ts';
import type { StoreRecord } from '../model/record.ts';
import type { RunMode, ScanRange } from '../model/run.ts';
import type { StorePlace } from '../model/store-place.ts';
import type { Seen } from './lookup.ts';

/**
 * A kind of store: everything that the core knows about DynamoDB or S3. Each kind is a room under core/stores with a line in
 * registry.ts. All other code asks the kind, without knowing which one it is.
 *
 * `S`: the store as a job writes it. `Catalog`: what Plan and retire-check ask of its service, which an adapter implements.
 */
export interface StoreKind<S extends Store = Store, Catalog = unknown> {
  readonly type: S['type'];
  /** What its records are; formats that read such records can be used with it. */
  readonly records: StoreRecord['kind'];
  readonly names: StoreNames<S>;
  readonly scope: StoreScope<S>;
  /** What an operator should know before a run, how the work is cut, and how much there is. */
  inspect(store: S, inspection: Inspection<Catalog>): Promise<Inspected | Wrong>;
  /** What to say about a store in which Plan finds no record; `undefined` if this kind has nothing special to say. */
  judgeEmpty?(
    store: S,
    asked: { readonly region: string; readonly catalog: Catalog },
  ): Promise<Judgement | undefined>;
  /** The names of its places whose capacity a job can bound; absent where the kind has no capacity of its own. */
  capacityOf?(store: S, region: string): readonly string[];
  /** Units of their capacity that a run takes; absent where the kind has none. */
  units?(count: StoreCount, visit: Visit): StoreUnits;
  /** What its first records show that an operator should know before a run. */
  remarks?(records: readonly StoreRecord[], store: S): readonly string[];
  /** What a worker asks of its service. `cost` prices the same calls. */
  calls(visit: Writing): readonly StoreCall[];
  /** US dollars for the reads and writes of a run that visits so many records. */
  cost(count: StoreCount, visit: Visit): StoreCost;
  /** What it takes at most to look at so many of its records, from so many places of it. */
  sampling(records: number, places: number): Sampling;
  /** What else still holds the former data keys of that place; `undefined` if that cannot be looked up. */
  backups(place: StorePlace, catalog: Catalog): Promise<StoreBackups | undefined>;
  /** The KMS keys by which the service itself encrypts what is there or, of a bucket, what is put there; as the service names them. */
  serverSideKeys(place: StorePlace, catalog: Catalog): Promise<Seen<readonly string[]>>;
  readonly unseen: Unseen<S>;
}

/** What its places are called. */
export interface StoreNames<S extends Store> {
  /** `account`: another account may have one of the same name. `partition`: a name is there once (S3 user guide, bucket naming rules). */
  readonly uniqueIn: 'account' | 'partition';
  own(store: S): PlaceName;
  /** The place of the copy; absent where data keys are replaced in the store itself. */
  copy(store: S): PlaceName | undefined;
}

type PlaceName = Pick<StorePlace, 'name' | 'prefix'>;

/** Parts of a store. */
export interface StoreScope<S extends Store> {
  /** What is wrong between fields of the scope. `path` is below the store. */
  problems(store: S): readonly Problem[];
  /** In words, what the job narrows the store to; empty for all of it. */
  narrowedTo(store: S): readonly string[];
  /** The first range that a run visits, and whether that is all that it visits. */
  firstRange(store: S): { readonly range: ScanRange; readonly whole: boolean };
  /** Two stores over the same table or bucket have no record in common. */
  areApart(one: S, other: S): boolean;
  /** What to write where they have. */
  readonly cure: string;
}

export interface Inspection<Catalog = unknown> {
  /** What the run is about to do: nobody is warned of what another mode would do. */
  readonly mode: RunMode;
  readonly limits: Limits;
  readonly catalog: Catalog;
  /** The store's Region. */
  readonly region: string;
  /** The run visits the first records only: one range is enough. */
  readonly sample: boolean;
  readonly format: Pick<ConfiguredFormat, 'declared' | 'guards'>;
}

export interface Inspected {
  readonly ranges: readonly ScanRange[];
  readonly records: number;
  readonly bytes: number;
  readonly writes?: number;
  readonly warnings: readonly string[];
  /** By place whose capacity can be bounded: units a second that a verify pass reads at most, where no limit says so. */
  readonly verifyReads?: Readonly<Record<string, number>>;
  /** The KMS keys that its service itself encrypts it with, and the place of its copies. @default not told */
  readonly serverSideKeys?: readonly string[];
  /** Of the places of the store, where its kind keeps former versions of records. */
  readonly versions?: readonly VersionsOfPlace[];
}

/** What is wrong with a store, at which of its fields. */
export interface Wrong {
  readonly field?: string;
  readonly words: string;
}

export interface Judgement {
  /** Why no run is started: the job does not fit the data, and something else would. */
  readonly problem?: string;
  readonly warnings: readonly string[];
}

export interface StoreCount {
  readonly records: number;
  readonly bytes: number;
  /** Requests that write all of them. @default one for each */
  readonly writes?: number;
}

/** How a run goes through a store. */
export interface Visit {
  readonly isCopied: boolean;
  /** How many times every record is read. */
  readonly passes: number;
  /** One of them is a verify pass, which reads tables with strong consistency. @default whether there are two */
  readonly verifies?: boolean;
  /** Tags are read of each. @default false */
  readonly tags?: boolean;
  /** Annotations that are read of each. @default 0 */
  readonly annotations?: number;
  /** Of which share of the records the body is read, and written with a new data key. @default 0 */
  readonly bodies?: number;
}

export interface Writing extends Visit {
  /** Records get a new data key. */
  readonly writes: boolean;
  /** Records are written in one transaction with other items. @default false */
  readonly guarded?: boolean;
}

/** An action of the API, and how often it is called for each record or each page of them. */
export interface StoreCall {
  readonly action: string;
  readonly times: number;
  readonly per: 'record' | 'page';
}

/** Units of capacity. */
export interface StoreUnits {
  readonly reads: number;
  readonly writes: number;
}

/** US dollars. */
export interface StoreCost {
  readonly reads: number;
  readonly writes: number;
}

/** What looking at a sample takes. */
export interface Sampling {
  readonly requests: number;
  readonly usd: number;
}

/** What still holds the former data keys once a store has new ones. */
export interface StoreBackups {
  /** A table can be restored to any second of its last 35 days. */
  readonly pointInTimeRecovery: boolean;
  /** Replicas of a global table. */
  readonly replicaRegions: readonly string[];
  /** When the store was made as it is now, milliseconds since 1970; absent where its service does not tell, or tells another time after changes. */
  readonly madeAt?: number;
  /** Objects may have noncurrent versions. */
  readonly noncurrentVersions: boolean;
  /** How many there are, if that was asked. */
  readonly versions?: NoncurrentVersions;
}

/** What no run can see in a kind of store, in words that a person can act on. */
export interface Unseen<S extends Store> {
  /** Of all stores of the kind. */
  readonly always: readonly string[];
  /** Of this one. `versions`: what Plan has seen of former versions; absent in plans of earlier versions of kms-rewrap. */
  of(store: S, versions?: readonly VersionsOfPlace[]): readonly string[];
}
