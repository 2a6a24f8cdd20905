import type * as z from 'zod/mini';
import type { Finding, KeyMaterial } from './data-key.ts';
import type { EncryptionAlgorithm, PlannedKey } from './key-use.ts';
import type { Problem } from './problem.ts';
import type { BesidePlace, DataKeyPlace, PlacePattern } from './place.ts';
import type { AttributeMap, ObjectRecord, StoreRecord } from './record.ts';

/** A new ciphertext for the data key at one slot. */
export interface Replacement {
  readonly slot: string;
  readonly ciphertext: Uint8Array;
  readonly destination: KeyMaterial;
  readonly destinationAlgorithm: EncryptionAlgorithm;
}

/** The key that data keys are moved to. */
export interface Destination
  extends Pick<PlannedKey, 'keyArn' | 'encryptionAlgorithm'>, Partial<Pick<PlannedKey, 'alsoKnownAs'>> {
  /** When the run was planned, ISO 8601: all that it writes has one date. */
  readonly startedAt: string;
}

/** Parts of objects that cost a request of their own, and are read only where a format needs them. */
export type RecordPart = 'tags' | 'body';

/** Whatever annotations objects have, up to a bound: for a sample of a store about which nothing is known. */
export interface SampledAnnotations {
  /** Of an object. */
  readonly most: number;
  /** Of an annotation. */
  readonly mostBytes: number;
}

/** Another item of the same table that says, by being there, that nobody else may write to an item. */
export interface Guard {
  readonly key: AttributeMap;
  /** Why nothing is written then, and what to do. */
  readonly reason: string;
}

/** What a format needs of a store: of objects, beside what S3 shows of all of them; of writes, beside unchanged places. */
export interface Needs {
  readonly needs: readonly RecordPart[];
  /** Of which objects it needs the body, as far as all else shows. @default of every object */
  readonly needsBodyOf?: (object: ObjectRecord) => boolean;
  /** The names of the annotations that are read of each object. @default none */
  readonly annotations?: readonly string[] | SampledAnnotations;
  /** The guards of the item with that key: it is written only if, at that very time, none of them is there. */
  readonly guards?: (key: AttributeMap) => readonly Guard[];
}

export function needsOf({ needs, needsBodyOf, annotations, guards }: Needs): Needs {
  return {
    needs,
    ...(needsBodyOf !== undefined && { needsBodyOf }),
    ...(annotations !== undefined && { annotations }),
    ...(guards !== undefined && { guards }),
  };
}

/** The annotations that a format names; of a sample, nobody knows their names. */
export function annotationNames({ annotations = [] }: Pick<Needs, 'annotations'>): readonly string[] {
  return 'most' in annotations ? [] : annotations;
}

/** A store whose keys, which KMS did not make, wrap the data keys of other records: to move it is to move them. */
interface WrappingStore {
  /** The name of a table in the same Region. */
  readonly table: string;
  /** Whether a record is under such a key, and so holds no data key that KMS made. */
  readonly wraps: (record: StoreRecord) => boolean;
}

/** A format with a job's configuration: what it says of a store before anything is read. */
export interface ConfiguredFormat extends Needs {
  /** Which slot this configuration looks at. Two stores with the same identity would do the work twice. */
  readonly identity: string;
  /** The only kind of records that this configuration reads, of several that the format can. */
  readonly readsOnly?: StoreRecord['kind'];
  /** The old ciphertexts stay beside the new ones. */
  readonly keepsSource: boolean;
  /** Why no run writes what this configuration finds, and what to do instead: a migration of it is refused. */
  readonly countsOnly?: string;
  /** The names of the context that data keys have, and shall have; empty where there is none. */
  readonly contextNames: {
    readonly source: readonly string[];
    readonly destination?: readonly string[];
    /** How many contexts a data key may be under. */
    readonly templates: number;
  };
  /** Every place that `replace` may change. The first is that of the data key. */
  readonly declared: readonly PlacePattern[];
  /** Of these, what a run changes. @default all of them */
  readonly changes?: readonly PlacePattern[];
  /** What contexts are made of, besides the key of a record. @default nothing that can change */
  readonly contextFrom?: readonly PlacePattern[];
  /** Of `declared`, the places where it reads no data keys: labels and versions, and where new data keys go. @default none */
  readonly beside?: readonly BesidePlace[];
  /** Keys that lie in a store of their own, and under which records of this one may be. */
  readonly wrappedBy?: WrappingStore;
  /** What is wrong between fields of the configuration that are right each by itself. `path` is below `format`. */
  readonly problems: readonly Problem[];
  /** What the first records of a store show that an operator should know of this format. */
  readonly remarks?: (records: readonly StoreRecord[]) => readonly string[];
  /** `destination`: the run writes its ARN and algorithm beside data keys, and contexts may be made of those. */
  bind(destination: Destination): BoundFormat;
}

/** A format that reads and changes records: the only thing the core knows of how data keys are stored. */
export interface BoundFormat extends Omit<ConfiguredFormat, 'bind'> {
  read(record: StoreRecord): readonly Finding[];
  /**
   * Every place that changes when the replacements and their companions are written to the record, and every place that must
   * not have changed in the meantime.
   */
  replace(record: StoreRecord, replacements: readonly Replacement[]): readonly DataKeyPlace[];
}

/** A configured format of what it says about a store, and of how it reads and changes records. */
export function configuredFormat(
  saying: Omit<ConfiguredFormat, 'bind'>,
  reading: (destination: Destination) => Pick<BoundFormat, 'read' | 'replace'>,
): ConfiguredFormat {
  return { ...saying, bind: destination => ({ ...saying, ...reading(destination) }) };
}

/** One way to store data keys: a room under `lambda/formats/`. Pure: record in, findings and changes out. */
export interface FormatDefinition {
  readonly name: string;
  /** The records that it reads, and so the kinds of store that it can be used with. */
  readonly records: readonly StoreRecord['kind'][];
  /** Whether its readers can use data keys under asymmetric keys. */
  readonly asymmetric: boolean;
  /** Strict schema of the job's `format` object, `type` included. */
  readonly configSchema: z.ZodMiniObject;
  /** `store`: the name of the table or bucket, for formats whose contexts may contain it. */
  configure(config: unknown, store?: string): ConfiguredFormat;
}

/** The name that stands for the format that Plan finds. */
export const AUTO = 'auto';

/** All formats by name. The handlers and the CLI hand it in; the core imports none. */
export type FormatRegistry = ReadonlyMap<string, FormatDefinition>;
