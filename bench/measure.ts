import type { MeterReading } from '../emulator/meter/reading.ts';
import type { AwsProcess } from './aws/aws-process.ts';
import type { Keys } from './aws/messages.ts';
import { billOf, countOf, sum, type Bill } from './cost/bill.ts';
import { BUCKET_PREFIX, bucketJob, tableJob } from './product/jobs.ts';
import { Product, type Run, type RunOptions } from './product/product.ts';

export const TABLE = 'Bench';
export const BUCKET = 'bench-objects';
export const STORES = ['table', 'bucket'] as const;
export type StoreKind = (typeof STORES)[number];

/** A deployed product, with a job for a table and one for a bucket. */
export interface Bench {
  readonly aws: AwsProcess;
  readonly keys: Keys;
  readonly product: Product;
}

export async function openBench(aws: AwsProcess): Promise<Bench> {
  const keys = await aws.ask('createKeys', {});
  await seed({ aws, keys }, { kind: 'table', records: 1 });
  await seed({ aws, keys }, { kind: 'bucket', records: 1 });
  const jobs = [tableJob('table', TABLE, keys), bucketJob('bucket', BUCKET, { keys, prefix: BUCKET_PREFIX })];
  return { aws, keys, product: await Product.deploy(aws, jobs) };
}

export async function closeBench({ aws, product }: Bench): Promise<void> {
  product.close();
  await aws.stop();
}

export interface Seed {
  readonly kind: StoreKind;
  readonly records: number;
  readonly dataKeysPerItem?: number;
  readonly sharedBy?: number;
}

/** Fills a store with data keys under the source key, over those that are there. Returns how many there are. */
export function seed({ aws, keys }: Omit<Bench, 'product'>, { kind, records, ...of }: Seed): Promise<number> {
  return kind === 'table'
    ? aws.ask('seedTable', { seed: { table: TABLE, items: records, ...of }, keys })
    : aws.ask('seedBucket', { seed: { bucket: BUCKET, objects: records, prefix: BUCKET_PREFIX }, keys });
}

/** Everything that was counted during a run. */
export interface MeasuredRun {
  readonly run: Run;
  readonly reading: MeterReading;
  readonly bill: Bill;
}

export async function measureRun({ aws, product }: Bench, options: RunOptions): Promise<MeasuredRun> {
  const before = await aws.ask('readMeter', {});
  await aws.ask('resetMeter', {});
  const run = await product.run(options);
  const reading = withoutEarlierStorage(await aws.ask('readMeter', {}), before);
  return { run, reading, bill: billOf(reading, [TABLE, BUCKET]) };
}

/** What lay in the buckets before is not of this run. */
function withoutEarlierStorage(after: MeterReading, before: MeterReading): MeterReading {
  const s3 = Object.entries(after.s3).map(([name, use]) => {
    const { objects = 0, storedBytes = 0 } = before.s3[name] ?? {};
    return [name, { ...use, objects: use.objects - objects, storedBytes: use.storedBytes - storedBytes }];
  });
  return { ...after, s3: Object.fromEntries(s3) as MeterReading['s3'] };
}

/** What the sandboxes of a stage used. */
export function useOf(
  { lambda }: MeterReading,
  stage: 'MigrateUnit' | 'VerifyUnit',
): MeterReading['lambda'][string] {
  const [use] = Object.entries(lambda)
    .filter(([name]) => name.includes(`Functions${stage}`) && !name.includes('Plaintext'))
    .map(([, one]) => one);
  if (use === undefined) throw new Error(`${stage} was never invoked`);
  return use;
}

/** Bytes between the product and AWS in both directions. Starting and watching the run is not the product's. */
export function wireBytes({ requests }: MeterReading): number {
  return sum(requests, ({ service, bytesIn, bytesOut }) => (service === 'states' ? 0 : bytesIn + bytesOut));
}

export function kmsRequests(reading: MeterReading): number {
  return countOf(reading, 'kms');
}
