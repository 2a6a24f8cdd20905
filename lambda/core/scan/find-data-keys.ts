import type { Finding } from '../model/data-key.ts';
import type { BoundFormat } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';

/** One slot of one record. */
export interface Found {
  readonly record: StoreRecord;
  readonly finding: Finding;
}

/** A record whose content is hidden gets one finding, so that it is not counted as having no data key. */
function findingsOf(record: StoreRecord, format: BoundFormat): readonly Finding[] {
  if (record.hidden === undefined) return format.read(record);
  return [{ kind: 'unsupported', slot: record.locator, reason: record.hidden }];
}

/** Every data key of a page, and every slot that should hold one but cannot be read. */
export function findDataKeys(records: readonly StoreRecord[], format: BoundFormat): readonly Found[] {
  return records.flatMap(record => findingsOf(record, format).map(finding => ({ record, finding })));
}
