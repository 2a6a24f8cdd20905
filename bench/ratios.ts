import { setTimeout as sleep } from 'node:timers/promises';
import { billOfMillion, countedTotalOf, totalOf, type Bill } from './cost/bill.ts';
import { FLOOR } from './cost/prices.ts';
import {
  BUCKET,
  kmsRequests,
  measureRun,
  seed,
  STORES,
  TABLE,
  useOf,
  wireBytes,
  type Bench,
  type MeasuredRun,
  type StoreKind,
} from './measure.ts';

/** Figures that depend on the product alone, not on the machine. */
export interface StoreRatios {
  /** KMS requests of migrate and verify that one more data key adds. */
  readonly kmsRequests: number;
  /** All requests that it adds. */
  readonly requests: number;
  readonly wireBytes: number;
  readonly logBytes: number;
  readonly journalBytes: number;
  /** Dollars of a million data keys, migrate and verify, over the calls of one pass; without Lambda's time. */
  readonly cost: number;
  /** Peak memory of a worker at the larger store over that at the smaller one. */
  readonly memory: number;
  /** KMS requests for each data key of a run over finished work. */
  readonly secondRun: number;
  /** The same of a run of the mode verify after that: what a schedule asks each time. */
  readonly recurringVerify: number;
}

export interface StoreFigures {
  readonly store: StoreKind;
  readonly dataKeys: readonly [number, number];
  readonly ratios: StoreRatios;
  /** Of a million data keys. */
  readonly bill: Bill;
  /** With Lambda's time, as its CPU here tells it. */
  readonly costWithLambda: number;
  /** CPU that one more data key takes in each pass. */
  readonly microseconds: Readonly<Record<'migrate' | 'verify', number>>;
}

/** Whole pages of records, so that what a page costs is spread alike. */
const RATIO_SIZES = [500, 1_000] as const;

export async function ratios(
  bench: Bench,
  sizes: readonly [number, number] = RATIO_SIZES,
): Promise<readonly StoreFigures[]> {
  const figures: StoreFigures[] = [];
  for (const store of STORES) figures.push(await figuresOf(bench, store, sizes));
  return figures;
}

async function figuresOf(
  bench: Bench,
  store: StoreKind,
  sizes: readonly [number, number],
): Promise<StoreFigures> {
  const [small, large] = [await runOf(bench, store, sizes[0]), await runOf(bench, store, sizes[1])];
  const again = await measureRun(bench, { job: store, workers: 1 });
  const verified = await measureRun(bench, { job: store, mode: 'verify', workers: 1 });
  const each = (figure: (run: MeasuredRun) => number): number =>
    (figure(large) - figure(small)) / (sizes[1] - sizes[0]);
  const bill = billOfMillion(
    { dataKeys: sizes[0], bill: small.bill },
    { dataKeys: sizes[1], bill: large.bill },
  );
  return {
    ...{ store, dataKeys: sizes, bill, costWithLambda: totalOf(bill) / FLOOR[store] },
    microseconds: {
      migrate: each(({ reading }) => 1_000 * useOf(reading, 'MigrateUnit').cpuMilliseconds),
      verify: each(({ reading }) => 1_000 * useOf(reading, 'VerifyUnit').cpuMilliseconds),
    },
    ratios: {
      kmsRequests: each(({ reading }) => kmsRequests(reading)),
      requests: each(requestsOf),
      wireBytes: each(({ reading }) => wireBytes(reading)),
      logBytes: each(({ reading }) => totalIn(reading.logs, ({ bytes }) => bytes)),
      journalBytes: each(({ reading }) => totalIn(reading.s3, ({ storedBytes }) => storedBytes)),
      cost: countedTotalOf(bill) / FLOOR[store],
      memory: memoryOf(large) / memoryOf(small),
      secondRun: kmsRequests(again.reading) / sizes[1],
      recurringVerify: kmsRequests(verified.reading) / sizes[1],
    },
  };
}

/**
 * S3 tells times by the second, so an object that was written within the second before it is read is read once more. How many these are would depend
 * on the machine: an application has written its objects earlier.
 */
const SETTLED_MS = 1_500;

async function runOf(bench: Bench, store: StoreKind, records: number): Promise<MeasuredRun> {
  await bench.aws.ask('clear', store === 'table' ? { table: TABLE } : { bucket: BUCKET });
  await seed(bench, { kind: store, records });
  await sleep(SETTLED_MS);
  return measureRun(bench, { job: store, workers: 1 });
}

function requestsOf({ reading: { requests } }: MeasuredRun): number {
  return requests.reduce((sum, one) => (one.service === 'states' ? sum : sum + one.requests), 0);
}

function totalIn<Use>(uses: Readonly<Record<string, Use>>, figure: (use: Use) => number): number {
  return Object.values(uses).reduce((sum, use) => sum + figure(use), 0);
}

function memoryOf({ reading }: MeasuredRun): number {
  return Math.max(
    ...(['MigrateUnit', 'VerifyUnit'] as const).map(stage => useOf(reading, stage).peakResidentBytes),
  );
}
