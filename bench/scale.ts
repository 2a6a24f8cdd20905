import { AwsProcess } from './aws/aws-process.ts';
import type { Keys, TableSeed } from './aws/messages.ts';
import { billOf, totalOf } from './cost/bill.ts';
import { kmsRequests, useOf } from './measure.ts';
import { bucketJob, tableJob } from './product/jobs.ts';
import { Product, type RunOptions } from './product/product.ts';
import type { MeterReading } from '../emulator/meter/reading.ts';

export interface ScaleFigure {
  readonly name: string;
  readonly dataKeys: number;
  /** Of the migrate pass: at least one for each unit. */
  readonly invocations: number;
  readonly milliseconds: number;
  readonly cpuMicrosecondsPerDataKey: number;
  readonly kmsRequestsPerDataKey: number;
  /** The most that one worker had resident, of both passes. */
  readonly peakResidentBytes: number;
  readonly transitions: number;
  readonly dollars: number;
}

interface Scene {
  readonly name: string;
  readonly dataKeys: number;
  /** Puts the stores there and returns the jobs. */
  readonly prepare: (aws: AwsProcess, keys: Keys) => Promise<readonly Prepared[]>;
  readonly workers: number;
}

interface Prepared {
  readonly job: object;
  readonly name: string;
  readonly store: string;
}

/** Room for the store of a million items, which the embedded AWS has in memory. */
const HEAP_MB = 12_288;
const PER_UNIT = 50_000;

/**
 * What a worker remembers (books, journal, log) grows with data keys, not with requests. With 25 equal ones in an item, as data-key
 * caching leaves them, a million are 40,000 items and as many requests, which two busy cores get through.
 */
const TOGETHER = 25;
const MEMORY_SIZES = [
  ['10 thousand', 10_000],
  ['100 thousand', 100_000],
  ['1 million', 1_000_000],
] as const;

/** @param part of the full sizes, so that the scenes can be tried */
function scenes(part: number): readonly Scene[] {
  const of = (full: number): number => Math.max(1, Math.round(full * part));
  const table =
    (seed: Omit<TableSeed, 'table'>, units?: number): Scene['prepare'] =>
    async (aws, keys) => {
      await aws.ask('seedTable', { seed: { table: 'Scale', ...seed }, keys });
      // DescribeTable tells of the items, so that Plan cuts the table as it would on AWS.
      await aws.ask('count', { table: 'Scale', items: units === undefined ? seed.items : units * PER_UNIT });
      return [{ job: tableJob('scale', 'Scale', keys), name: 'scale', store: 'Scale' }];
    };
  const bucket =
    (objects: number, prefix: string, within: string): Scene['prepare'] =>
    async (aws, keys) => {
      await aws.ask('seedBucket', { seed: { bucket: 'scale', objects, prefix }, keys });
      const job = bucketJob('scale', 'scale', { keys, prefix: within });
      return [{ job, name: 'scale', store: 'scale' }];
    };
  return [
    ...MEMORY_SIZES.map(([name, dataKeys]) => ({
      ...{ name: `${name}, ${TOGETHER} in each item`, dataKeys: of(dataKeys), workers: 1 },
      prepare: table({
        ...{
          items: Math.max(1, Math.round(of(dataKeys) / TOGETHER)),
          dataKeysPerItem: TOGETHER,
          sharedBy: TOGETHER,
        },
      }),
    })),
    { name: '10 thousand items', dataKeys: of(10_000), workers: 1, prepare: table({ items: of(10_000) }) },
    { name: '100 thousand items', dataKeys: of(100_000), workers: 1, prepare: table({ items: of(100_000) }) },
    {
      name: '1 million items',
      dataKeys: of(1_000_000),
      workers: 2,
      prepare: table({ items: of(1_000_000) }),
    },
    {
      name: '200 thousand objects',
      dataKeys: of(200_000),
      workers: 2,
      prepare: bucket(of(200_000), 'files/', 'files/'),
    },
    {
      ...{ name: 'one long prefix', dataKeys: of(20_000), workers: 2 },
      // Keys of 912 characters. The job names the beginning: policies hold no prefix of that length.
      prepare: bucket(of(20_000), 'long/'.repeat(181), 'long/'),
    },
    {
      ...{ name: 'hot partitions', dataKeys: of(50_000), workers: 2 },
      prepare: table({ items: of(50_000), partitions: 3 }),
    },
    {
      ...{ name: '10,000 units', dataKeys: of(20_000), workers: 2 },
      prepare: table({ items: of(20_000) }, of(10_000)),
    },
    { name: '40 jobs at once', dataKeys: 40 * of(1_000), workers: 1, prepare: fortyJobs(of(1_000)) },
  ];
}

function fortyJobs(items: number): Scene['prepare'] {
  return async (aws, keys) => {
    const jobs: Prepared[] = [];
    for (let index = 0; index < 40; index++) {
      const [name, store] = [`scale-${index}`, `Scale${index}`];
      await aws.ask('seedTable', { seed: { table: store, items }, keys });
      jobs.push({ name, store, job: tableJob(name, store, keys) });
    }
    return jobs;
  };
}

/** Large stores from end to end, each in an AWS and a deployment of its own, and the names of those that failed. */
export async function scale(
  { part = 1, only = '' }: { readonly part?: number; readonly only?: string },
  said: {
    readonly figure: (figure: ScaleFigure) => void;
    readonly failed: (name: string, why: unknown) => void;
  },
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const scene of scenes(part).filter(({ name }) => name.includes(only)))
    try {
      said.figure(await played(scene));
    } catch (error) {
      said.failed(scene.name, error);
      failed.push(scene.name);
    }
  return failed;
}

async function played(scene: Scene): Promise<ScaleFigure> {
  const aws = await AwsProcess.start(HEAP_MB);
  try {
    const keys = await aws.ask('createKeys', {});
    const prepared = await scene.prepare(aws, keys);
    const product = await Product.deploy(
      aws,
      prepared.map(({ job }) => job),
    );
    try {
      await aws.ask('resetMeter', {});
      const begin = performance.now();
      await runAll(product, prepared, scene.workers);
      const milliseconds = performance.now() - begin;
      return figureOf(scene, { prepared, milliseconds, reading: await aws.ask('readMeter', {}) });
    } finally {
      product.close();
    }
  } finally {
    await aws.stop();
  }
}

/** All jobs begin at the same time. */
async function runAll(product: Product, prepared: readonly Prepared[], workers: number): Promise<void> {
  const started = await Promise.all(
    prepared.map(({ name: job }) => product.start({ job, workers } satisfies RunOptions)),
  );
  for (const execution of started) await product.end(execution);
}

interface Played {
  readonly prepared: readonly Prepared[];
  readonly milliseconds: number;
  readonly reading: MeterReading;
}

function figureOf({ name, dataKeys }: Scene, { prepared, milliseconds, reading }: Played): ScaleFigure {
  const stages = (['MigrateUnit', 'VerifyUnit'] as const).map(stage => useOf(reading, stage));
  const cpu = stages.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0);
  const bill = billOf(
    reading,
    prepared.map(({ store }) => store),
  );
  return {
    ...{ name, dataKeys, milliseconds },
    invocations: stages[0]?.invocations ?? 0,
    cpuMicrosecondsPerDataKey: (1_000 * cpu) / dataKeys,
    kmsRequestsPerDataKey: kmsRequests(reading) / dataKeys,
    peakResidentBytes: Math.max(...stages.map(({ peakResidentBytes }) => peakResidentBytes)),
    transitions: reading.stepFunctions.transitions,
    dollars: totalOf(bill),
  };
}
