import { jobProblems } from '../job/job-problems.ts';
import { PremiseBroken } from '../model/errors.ts';
import { AUTO, type FormatRegistry } from '../model/format.ts';
import type { Job, Store } from '../model/job.ts';
import { sourceRegion } from '../model/job-regions.ts';
import type { Problem } from '../model/problem.ts';
import type { ScanRange } from '../model/run.ts';
import { recognitionOf } from '../recognise/recognise-store.ts';
import { storeName } from '../stores/places.ts';
import { foundFormat, type FoundFormat } from './found-format.ts';
import type { InspectedStores } from './inspect-stores.ts';
import type { OpenRecords } from './look-at-stores.ts';
import { NEEDS_OF_SAMPLE, PLACES_OF_SAMPLE, sampleRecords } from './sample-records.ts';

/** Records of a store that are looked at. */
const LOOKED_AT = 500;

export interface FoundFormats {
  /** The job with the formats that were found. */
  readonly job: Job;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

export function isFormatSought(job: Job): boolean {
  return job.stores.some(isSought);
}

function isSought({ format }: Store): boolean {
  return format.type === AUTO;
}

interface Finding {
  readonly formats: FormatRegistry;
  readonly records: OpenRecords;
  /** How the stores would be cut into work. */
  readonly ranges: InspectedStores['ranges'];
}

/** Looks at a sample of each store whose format is `auto`, and puts the one format there that it shows. */
export async function findFormats(job: Job, { formats, records, ranges }: Finding): Promise<FoundFormats> {
  const found = await Promise.all(
    job.stores.map(async (store, index) => {
      if (!isSought(store)) return undefined;
      const own = ranges.flatMap(({ store: of, range }) => (of === index ? [range] : []));
      return findOne(store, { job, formats, records, ranges: own });
    }),
  );
  const problems = found.flatMap((one, index) =>
    one?.kind === 'refused' ? [{ path: `stores[${index}].format.type`, value: AUTO, words: one.words }] : [],
  );
  const stores = job.stores.map((store, index) => {
    const one = found[index];
    return one?.kind === 'format' ? { ...store, format: one.format } : store;
  });
  return {
    job: { ...job, stores },
    // What only shows between stores, or between a format and its store, shows now.
    problems: problems.length > 0 ? problems : jobProblems({ ...job, stores }, formats),
    warnings: found.flatMap((one, index) => {
      const store = job.stores[index];
      return one?.kind === 'format' && store !== undefined ? [`${storeName(store)}: ${one.words}`] : [];
    }),
  };
}

interface FindingOne extends Pick<Finding, 'formats' | 'records'> {
  readonly job: Job;
  readonly ranges: readonly ScanRange[];
}

async function findOne(store: Store, { job, formats, records, ranges }: FindingOne): Promise<FoundFormat> {
  // Of a store that is copied, the data is in the store itself.
  const { copyTo: _copyTo, ...own } = store;
  try {
    const opened = await records(own, { region: sourceRegion(job), ...NEEDS_OF_SAMPLE });
    const { seen } = await sampleRecords(opened, spread(ranges), LOOKED_AT);
    return foundFormat(recognitionOf(seen), store.format, formats);
  } catch (error) {
    if (error instanceof PremiseBroken) return { kind: 'refused', words: error.message };
    throw error;
  }
}

/** A few of many ranges, from everywhere. */
function spread(ranges: readonly ScanRange[]): readonly ScanRange[] {
  const step = Math.max(1, ranges.length / PLACES_OF_SAMPLE);
  return ranges.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
