import type { Lookup } from '../lookup.ts';

export interface TableDescription {
  /** Attributes of the primary key, partition key first. */
  readonly keyNames: readonly string[];
  readonly indexNames: readonly string[];
  readonly itemCount: number;
  readonly sizeBytes: number;
  readonly streamEnabled: boolean;
  readonly replicaRegions: readonly string[];
  readonly pointInTimeRecovery: boolean;
}

/** DynamoDB in every Region. */
export interface TableCatalog {
  describeTable(place: {
    readonly region: string;
    readonly table: string;
  }): Promise<Lookup<TableDescription>>;
}
