import { BenchProcess } from './process.ts';
import { CONTENDERS, type BenchStore, type Contender, type Took } from './contenders/messages.ts';
import { BUCKET, measureRun, seed, STORES, TABLE, useOf, type Bench, type StoreKind } from './measure.ts';
import { BUCKET_PREFIX } from './product/jobs.ts';
import { spreadOf, type Spread } from './statistics.ts';

const WHO = ['product', ...CONTENDERS] as const;
type Who = (typeof WHO)[number];

interface ComparedFigures {
  readonly cpuMicrosecondsPerDataKey: Spread;
  readonly dataKeysPerSecond: Spread;
}

export interface Comparison {
  readonly store: StoreKind;
  readonly dataKeys: number;
  readonly rounds: number;
  readonly latencyMs: number;
  readonly workers: number;
  readonly figures: Readonly<Partial<Record<Who, ComparedFigures>>>;
}

interface CompareOptions {
  readonly store: StoreKind;
  readonly who: readonly Who[];
  /** Data keys of each contender in each round. */
  readonly dataKeys: Readonly<Partial<Record<Who, number>>> & { readonly default: number };
  /** After one round for warming up. */
  readonly rounds: number;
  readonly latencyMs: number;
  readonly workers: number;
}

const STORE: Readonly<Record<StoreKind, BenchStore>> = {
  table: { kind: 'table', name: TABLE },
  bucket: { kind: 'bucket', name: BUCKET, prefix: BUCKET_PREFIX },
};

/** Lets all contenders do the same work in turns, A B C A B C, so that whatever else the machine does hits all of them. */
async function compare(bench: Bench, options: CompareOptions): Promise<Comparison> {
  const { who, rounds, latencyMs, store, workers, dataKeys } = options;
  const others = who.filter(one => one !== 'product');
  const processes = new Map<Contender, BenchProcess<object>>();
  for (const one of others) processes.set(one, new BenchProcess('./contenders/main.ts'));
  await Promise.all([...processes.values()].map(({ first }) => first));
  const took = new Map<Who, Took[]>(who.map(one => [one, []]));
  for (let round = 0; round <= rounds; round++)
    for (const one of who) {
      await reseed(bench, { store, records: dataKeys[one] ?? dataKeys.default });
      await bench.aws.ask('weather', { latencyMs });
      const measured =
        one === 'product'
          ? await productTook(bench, { store, workers })
          : await contenderTook(bench, { store, contender: one, process: processes.get(one)! });
      await bench.aws.ask('weather', { latencyMs: 0 });
      if (round > 0) took.get(one)?.push(measured);
    }
  await Promise.all([...processes.values()].map(process => process.stop()));
  return {
    ...{ store, rounds, latencyMs, workers, dataKeys: dataKeys.default },
    figures: Object.fromEntries([...took].map(([one, all]) => [one, figuresOf(all)])),
  };
}

/** A store of this size, whatever an earlier contender has left. */
async function reseed(
  bench: Bench,
  { store, records }: { readonly store: StoreKind; readonly records: number },
): Promise<void> {
  await bench.aws.ask('clear', store === 'table' ? { table: TABLE } : { bucket: BUCKET });
  await seed(bench, { kind: store, records });
}

async function productTook(
  bench: Bench,
  { store, workers }: { readonly store: StoreKind; readonly workers: number },
): Promise<Took> {
  const { run, reading } = await measureRun(bench, { job: store, workers });
  const { cpuMilliseconds } = useOf(reading, 'MigrateUnit');
  const dataKeys =
    store === 'table'
      ? (reading.dynamodb[`us-east-1/${TABLE}`]?.writeUnits ?? 0)
      : requestsOf(reading, 'CopyObject');
  return { dataKeys, milliseconds: run.states['Migrate'] ?? Number.NaN, cpuMilliseconds };
}

function requestsOf(
  { requests }: { readonly requests: readonly { operation: string; requests: number }[] },
  name: string,
): number {
  return requests.find(({ operation }) => operation === name)?.requests ?? 0;
}

async function contenderTook(
  { aws, keys }: Bench,
  {
    store,
    contender,
    process,
  }: { readonly store: StoreKind; readonly contender: Contender; readonly process: BenchProcess<object> },
): Promise<Took> {
  return (await process.ask('run', { contender, endpoint: aws.endpoint, store: STORE[store], keys })) as Took;
}

function figuresOf(all: readonly Took[]): ComparedFigures {
  return {
    cpuMicrosecondsPerDataKey: spreadOf(all.map(one => (1_000 * one.cpuMilliseconds) / one.dataKeys)),
    dataKeysPerSecond: spreadOf(all.map(one => (1_000 * one.dataKeys) / one.milliseconds)),
  };
}

/** All contenders on both stores without latency, and then the loop and the product 5 ms away. */
export async function compareAll(
  bench: Bench,
  { dataKeys, rounds }: { readonly dataKeys: number; readonly rounds: number },
): Promise<readonly Comparison[]> {
  const near = {
    who: WHO,
    // The first two are slow, and steady after fewer.
    dataKeys: { default: dataKeys, loop: Math.ceil(dataKeys / 5), sixteen: Math.ceil(dataKeys / 2) },
    ...{ rounds, latencyMs: 0, workers: 1 },
  };
  const far = {
    who: ['product', 'loop', 'sixteen'] as const,
    // The loop takes its 10 ms and more for each; a fifth of the data keys tells its rate as well.
    dataKeys: { default: 2 * dataKeys, loop: Math.ceil(dataKeys / 5) },
    ...{ rounds: Math.ceil(rounds / 2), latencyMs: 5, workers: 4 },
  };
  const compared: Comparison[] = [];
  for (const store of STORES) compared.push(await compare(bench, { ...near, store }));
  compared.push(await compare(bench, { ...far, store: 'table' }));
  return compared;
}
