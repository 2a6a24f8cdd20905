/** What Plan asks of the world, besides writing its files. */
export interface KeyDescription {
  readonly arn: string;
  readonly state: string;
  readonly usage: string;
  readonly spec: string;
  readonly multiRegion: boolean;
}

export type KeyLookup =
  | { readonly kind: 'found'; readonly key: KeyDescription }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied'; readonly message: string };

export type Permission = { readonly kind: 'allowed' } | { readonly kind: 'denied'; readonly message: string };

export interface KeyCatalog {
  describeKey(reference: string): Promise<KeyLookup>;
  /** DryRun with IGNORE_CIPHERTEXT: may this role use source and destination in ReEncrypt? Changes nothing. */
  mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<Permission>;
}

export interface TableDescription {
  readonly itemCount: number;
  readonly sizeBytes: number;
  readonly streamEnabled: boolean;
  readonly replicaRegions: readonly string[];
  readonly pointInTimeRecovery: boolean;
}

export interface BucketDescription {
  readonly versioned: boolean;
  /** Access control lists are in force: a copy would lose an object's own. */
  readonly accessControlLists: boolean;
}

export type Lookup<Description> =
  | { readonly kind: 'found'; readonly description: Description }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'denied'; readonly message: string };

export interface KeyListing {
  readonly keys: readonly string[];
  readonly truncated: boolean;
}

export interface StoreCatalog {
  describeTable(table: string): Promise<Lookup<TableDescription>>;
  describeBucket(bucket: string): Promise<Lookup<BucketDescription>>;
  /** Up to 1,000 keys after `startAfter`, in UTF-8 byte order. */
  listKeys(query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
  }): Promise<KeyListing>;
}
