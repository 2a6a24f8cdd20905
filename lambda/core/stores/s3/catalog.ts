import type { Lookup, Seen } from '../lookup.ts';

export interface BucketDescription {
  readonly versioned: boolean;
  /** Objects may have noncurrent versions: versioned now, or before it was suspended. */
  readonly noncurrentVersions: boolean;
  /** Access control lists are in force: a copy would lose an object's own. */
  readonly accessControlLists: boolean;
}

export interface LockPeriod {
  readonly days?: number;
  readonly years?: number;
}

export interface DefaultLocks {
  readonly retention?: LockPeriod & { readonly mode: string };
  readonly eventHold?: LockPeriod;
}

export interface DefaultEncryption {
  readonly algorithm: string;
  /** As the bucket names it. */
  readonly key?: string;
}

/** What a bucket does to new objects that name nothing themselves. */
export interface BucketDefaults {
  readonly locks: Seen<DefaultLocks>;
  /** Absent where it was not asked for, because every write names its own. */
  readonly encryption?: Seen<DefaultEncryption>;
}

export interface KeyListing {
  readonly keys: readonly string[];
  /** That copy these objects: more than one for each that is copied in parts. @default one for each */
  readonly copyRequests?: number;
  readonly truncated: boolean;
}

/** How much of one page of versions is not current. */
export interface VersionPage {
  readonly versions: number;
  readonly deleteMarkers: number;
  /** S3 says that there is more. */
  readonly truncated: boolean;
  /** Where the next page starts; absent at the end. */
  readonly next?: string;
}

interface Below {
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** S3 in every Region. */
export interface BucketCatalog {
  describeBucket(place: {
    readonly region: string;
    readonly bucket: string;
  }): Promise<Lookup<BucketDescription>>;
  /** `encryption`: look at the default encryption, too. */
  describeDefaults(place: {
    readonly region: string;
    readonly bucket: string;
    readonly encryption: boolean;
  }): Promise<BucketDefaults>;
  /** With what it encrypts new objects that name nothing themselves. */
  defaultEncryption(place: {
    readonly region: string;
    readonly bucket: string;
  }): Promise<Seen<DefaultEncryption>>;
  /** Whether it tells EventBridge what happens to its objects. */
  tellsEventBridge(place: { readonly region: string; readonly bucket: string }): Promise<Seen<boolean>>;
  /** Up to 1,000 keys after `startAfter`, in UTF-8 byte order. */
  listKeys(query: Below & { readonly startAfter?: string }): Promise<KeyListing>;
  /** Counts in up to 1,000 entries of a listing of all versions. `after`: the `next` of the page before. */
  listVersions(query: Below & { readonly after?: string }): Promise<Seen<VersionPage>>;
  /** The folders and keys right below a prefix, up to 1,000; `undefined` where this role may not list them. */
  listBelow(query: Below): Promise<readonly string[] | undefined>;
}
