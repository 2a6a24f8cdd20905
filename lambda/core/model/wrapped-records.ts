/** Records that hold no data key that KMS made: theirs are under keys that lie in another table, and move with them. */
export interface WrappedRecords {
  readonly table: string;
  readonly records: number;
}

/** What a person has to do about them. */
export function wrappedWords({ table, records }: WrappedRecords): string {
  const items = `${records.toLocaleString('en-US')} item${records === 1 ? ' is' : 's are'}`;
  return `${items} encrypted under keys of the MetaStore table ${table}; re-wrap that table`;
}
