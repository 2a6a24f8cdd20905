/** An on-demand backup that DynamoDB keeps. It stays under the key that its table had when it was made. */
export interface TableBackup {
  readonly table: string;
  readonly name: string;
  readonly arn: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Absent where it is under a key of DynamoDB's own. */
  readonly keyArn?: string;
}

/** Those of an account in a Region. Recovery points of AWS Backup are those of another service. */
export interface TableBackups {
  readonly backups: readonly TableBackup[];
  /** How many were not asked about, as there are so many. */
  readonly beyond: number;
  /** How many have not told their key, with the first reason. */
  readonly untold?: { readonly many: number; readonly words: string };
}
