import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { compareUtf8 } from '../../lambda/core/model/utf8-order.ts';
import type { StoreRecord } from '../../lambda/core/model/record.ts';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { BODY_BYTES } from '../../lambda/core/recognise/recognise-record.ts';
import { seenRecord, type SeenRecord } from '../../lambda/core/recognise/recognise-store.ts';

export interface Sample {
  readonly seen: readonly SeenRecord[];
  /** It is the whole store. */
  readonly complete: boolean;
  /** Objects whose bodies are too large to be looked at. */
  readonly bodiesUnread: number;
}

interface Reading {
  readonly clients: AwsClients;
  readonly region: string;
  /** Records to read at most. */
  readonly most: number;
}

/** So many places of a store are looked at, as its first records may all be of one kind. */
const PLACES = 8;
/** Records of a page: they are all in memory together. */
const MOST_OF_PAGE = 100;

/** Looks at records from several places of a store, in turn. */
export async function sampleStore(store: Store, { clients, region, most }: Reading): Promise<Sample> {
  const records = await openStore(store, {
    ...{ clients, region, needs: ['body'] },
    needsBodyOf: ({ size }) => size <= BODY_BYTES,
  });
  const ranges = store.type === 'dynamodb' ? segments() : await keyRanges(store, { clients, region });
  const seen: SeenRecord[] = [];
  let bodiesUnread = 0;
  let places: readonly Place[] = ranges.map(range => ({ range }));
  while (places.length > 0 && seen.length < most) {
    const goOn: Place[] = [];
    for (const place of places) {
      const pageSize = Math.min(MOST_OF_PAGE, Math.ceil(most / ranges.length), most - seen.length);
      if (pageSize === 0) goOn.push(place);
      else {
        const { read, cursor } = await page(records, place, pageSize);
        bodiesUnread += read.filter(isBodyUnread).length;
        seen.push(...read.map(looked));
        if (cursor !== undefined) goOn.push({ ...place, cursor });
      }
    }
    places = goOn;
  }
  return { seen, complete: places.length === 0, bodiesUnread };
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

function segments(): readonly ScanRange[] {
  return Array.from({ length: PLACES }, (_, segment) => ({
    type: 'segment',
    segment,
    totalSegments: PLACES,
  }));
}

/** Ranges of keys between folders or keys that one listing names. */
async function keyRanges(
  store: Store,
  { clients, region }: Omit<Reading, 'most'>,
): Promise<readonly ScanRange[]> {
  const [bucket, prefix] = [String(store['bucket']), String(store['prefix'])];
  const below = (await storeCatalogs(clients).s3.listBelow({ region, bucket, prefix })) ?? [];
  const names = [...below].sort(compareUtf8);
  const bounds = Array.from(
    { length: PLACES - 1 },
    (_, index) => names[Math.floor(((index + 1) * names.length) / PLACES)],
  ).filter((name, index, all) => name !== undefined && name !== all[index - 1]);
  return [undefined, ...bounds].map((startAfter, index) => {
    const endAt = bounds[index];
    return {
      type: 'key-range',
      ...(startAfter !== undefined && { startAfter }),
      ...(endAt !== undefined && { endAt }),
    };
  });
}
