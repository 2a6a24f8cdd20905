import type { Lookup } from '../lookup.ts';

export interface BucketDescription {
  readonly versioned: boolean;
  /** Objects may have noncurrent versions: versioned now, or before it was suspended. */
  readonly noncurrentVersions: boolean;
  /** Access control lists are in force: a copy would lose an object's own. */
  readonly accessControlLists: boolean;
}

export interface KeyListing {
  readonly keys: readonly string[];
  readonly truncated: boolean;
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
  /** Up to 1,000 keys after `startAfter`, in UTF-8 byte order. */
  listKeys(query: Below & { readonly startAfter?: string }): Promise<KeyListing>;
  /** The folders and keys right below a prefix, up to 1,000; `undefined` where this role may not list them. */
  listBelow(query: Below): Promise<readonly string[] | undefined>;
}
