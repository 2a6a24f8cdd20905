import type { Lookup } from '../lookup.ts';

/** Units per second. */
export interface TableCapacity {
  /** `maximum`: the table is on demand, with a maximum that its owner has set. */
  readonly kind: 'provisioned' | 'maximum';
  readonly reads?: number;
  readonly writes?: number;
}

export interface TableDescription {
  /** Attributes of the primary key, partition key first. */
  readonly keyNames: readonly string[];
  readonly indexNames: readonly string[];
  /** Milliseconds since 1970; absent where DynamoDB does not tell. */
  readonly madeAt?: number;
  readonly itemCount: number;
  readonly sizeBytes: number;
  readonly streamEnabled: boolean;
  /** Of the stream that it has now; absent where that is off. */
  readonly streamArn?: string;
  readonly replicaRegions: readonly string[];
  readonly pointInTimeRecovery: boolean;
  /** ARNs of the KMS keys that DynamoDB encrypts the table and its replicas with, as far as it names them. */
  readonly serverSideKeys: readonly string[];
  /** What it takes each second; absent where it is on demand and has no maximum. */
  readonly capacity?: TableCapacity;
  /** Read units a second that it takes at once; absent where DynamoDB does not tell. */
  readonly warmReads?: number;
  /** DynamoDB is filling the table with whole items, of a backup, of another table or of files. */
  readonly filling?: 'restore' | 'import or creation';
}

/** DynamoDB in every Region. */
export interface TableCatalog {
  describeTable(place: {
    readonly region: string;
    readonly table: string;
  }): Promise<Lookup<TableDescription>>;
  /** The keys that `describeTable` tells, and nothing else: one request. */
  serverSideKeys(place: {
    readonly region: string;
    readonly table: string;
  }): Promise<Lookup<readonly string[]>>;
}
