import type { Needs, SampledAnnotations } from '../model/format.ts';
import type { StoreRecord } from '../model/record.ts';
import type { ScanRange } from '../model/run.ts';
import type { RecordStore } from '../ports.ts';
import { BODY_BYTES } from '../recognise/recognise-record.ts';
import { SAMPLED_ANNOTATIONS } from '../stores/s3/cost.ts';
import { seenRecord, type SeenRecord } from '../recognise/recognise-store.ts';

/** What is read of the objects of a sample. */
export const NEEDS_OF_SAMPLE: Needs = { needs: ['body'], needsBodyOf: ({ size }) => size <= BODY_BYTES };
/**
 * Annotations of the objects of a sample, of which nobody knows the names: a listing for each object, and a request for each
 * annotation. A data key is short, and a document of several has some KB.
 */
export const ANNOTATIONS_OF_SAMPLE: SampledAnnotations = { most: SAMPLED_ANNOTATIONS, mostBytes: 65_536 };
/** So many places of a store are looked at, as its first records may all be of one kind. */
export const PLACES_OF_SAMPLE = 8;
/** Records of a page: they are all in memory together. */
const MOST_OF_PAGE = 100;

export interface Sample {
  readonly seen: readonly SeenRecord[];
  /** It is all of these ranges. */
  readonly complete: boolean;
  /** Objects whose bodies are too large to be looked at. */
  readonly bodiesUnread: number;
  /** Objects not all of whose annotations were looked at: too many, too large, or not shown to the caller. */
  readonly annotationsUnread: number;
}

/** Looks at records from several ranges of a store, in turn. */
export async function sampleRecords(
  records: RecordStore,
  ranges: readonly ScanRange[],
  most: number,
): Promise<Sample> {
  const seen: SeenRecord[] = [];
  let [bodiesUnread, annotationsUnread] = [0, 0];
  let places: readonly Place[] = ranges.map(range => ({ range }));
  while (places.length > 0 && seen.length < most) {
    const goOn: Place[] = [];
    for (const place of places) {
      const pageSize = Math.min(MOST_OF_PAGE, Math.ceil(most / ranges.length), most - seen.length);
      if (pageSize === 0) goOn.push(place);
      else {
        const { read, cursor } = await page(records, place, pageSize);
        bodiesUnread += read.filter(isBodyUnread).length;
        annotationsUnread += read.filter(one => one.kind === 'object' && one.annotationsUnread).length;
        seen.push(...read.map(looked));
        if (cursor !== undefined) goOn.push({ ...place, cursor });
      }
    }
    places = goOn;
  }
  return { seen, complete: places.length === 0, bodiesUnread, annotationsUnread };
}

interface Place {
  readonly range: ScanRange;
  readonly cursor?: string;
}

async function page(records: RecordStore, { range, cursor }: Place, pageSize: number) {
  const from = cursor === undefined ? {} : { cursor };
  const read = await records.readPage(range, { ...from, pageSize, consistent: false });
  return { read: read.records, cursor: read.cursor };
}

/** The record alone: its body is looked at once. */
function looked(record: StoreRecord): SeenRecord {
  if (record.kind === 'item') return seenRecord({ record });
  const { body, ...object } = record;
  return seenRecord({ record: object, ...(body !== undefined && 'B' in body && { body: body.B }) });
}

function isBodyUnread(record: StoreRecord): boolean {
  return (
    record.kind === 'object' &&
    record.hidden === undefined &&
    !(record.body !== undefined && 'B' in record.body)
  );
}
