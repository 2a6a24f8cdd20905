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
  /** DynamoDB is filling the table with whole items, of a backup, of another table or of files. */
  readonly filling?: 'restore' | 'import or creation';
}

/** DynamoDB in every Region. */
export interface TableCatalog {
  describeTable(place: {
    readonly region: string;
    readonly table: string;
  }): Promise<Lookup<TableDescription>>;
}
