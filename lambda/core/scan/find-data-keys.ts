import type { Finding } from '../model/data-key.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';

/** One slot of one record. */
export interface Found {
  readonly record: StoreRecord;
  readonly finding: Finding;
}

/** Every data key of a page, and every slot that should hold one but cannot be read. */
export function findDataKeys(records: readonly StoreRecord[], format: BoundFormat): readonly Found[] {
  return records.flatMap(record => format.read(record).map(finding => ({ record, finding })));
}
