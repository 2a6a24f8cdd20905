import type { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import type { Store } from '../../lambda/core/model/job.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { compareUtf8 } from '../../lambda/core/model/utf8-order.ts';
import {
  ANNOTATIONS_OF_SAMPLE,
  NEEDS_OF_SAMPLE,
  PLACES_OF_SAMPLE,
  sampleRecords,
  type Sample,
} from '../../lambda/core/plan/sample-records.ts';

interface Reading {
  readonly clients: AwsClients;
  readonly region: string;
  /** Records to read at most. */
  readonly most: number;
}

/** Looks at records from several places of a table or bucket. */
export async function sampleStore(store: Store, { clients, region, most }: Reading): Promise<Sample> {
  const needs = { ...NEEDS_OF_SAMPLE, annotations: ANNOTATIONS_OF_SAMPLE };
  const records = await openStore(store, { clients, region, ...needs });
  const ranges = store.type === 'dynamodb' ? segments() : await keyRanges(store, { clients, region });
  return sampleRecords(records, ranges, most);
}

function segments(): readonly ScanRange[] {
  return Array.from({ length: PLACES_OF_SAMPLE }, (_, segment) => ({
    type: 'segment',
    segment,
    totalSegments: PLACES_OF_SAMPLE,
  }));
}

/** Ranges of keys between folders or keys that one listing names. */
async function keyRanges(
  store: Store,
  { clients, region }: Omit<Reading, 'most'>,
): Promise<readonly ScanRange[]> {
  const [bucket, prefix] = [String(store['bucket']), String(store['prefix'])];
  const own = storeCatalogs(clients);
  const { s3 } = store.assumeRole === undefined ? own : own.assuming(store.assumeRole);
  const below = (await s3.listBelow({ region, bucket, prefix })) ?? [];
  const names = [...below].sort(compareUtf8);
  const bounds = Array.from(
    { length: PLACES_OF_SAMPLE - 1 },
    (_, index) => names[Math.floor(((index + 1) * names.length) / PLACES_OF_SAMPLE)],
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
