import type { MeterReading } from '../emulator/meter/reading.ts';
import {
  kmsRequests,
  measureRun,
  seed,
  TABLE,
  useOf,
  wireBytes,
  type Bench,
  type StoreKind,
} from './measure.ts';
import { growthOf } from './statistics.ts';

interface GrowthPoint {
  readonly x: number;
  readonly dataKeys: number;
  /** Of the migrate pass. */
  readonly milliseconds: number;
  /** Of all functions, for both passes. */
  readonly cpuMilliseconds: number;
  readonly kmsRequests: number;
  readonly requests: number;
  readonly wireBytes: number;
  readonly peakResidentBytes: number;
}

export interface Curve {
  readonly name: string;
  readonly axis: string;
  readonly store: StoreKind;
  readonly points: readonly GrowthPoint[];
  /** The exponent with which CPU and requests grow; 1 is linear. */
  readonly growth: { readonly cpu: number; readonly requests: number };
}

interface Step {
  readonly x: number;
  readonly records: number;
  readonly workers?: number;
  readonly latencyMs?: number;
  readonly dataKeysPerItem?: number;
  readonly sharedBy?: number;
}

interface Plan {
  readonly name: string;
  readonly axis: string;
  readonly store: StoreKind;
  readonly steps: readonly Step[];
}

/** @param records of the largest store */
function plans(records: number): readonly Plan[] {
  const half = Math.ceil(records / 2);
  const sizes = [8, 4, 2, 1].map(part => ({
    x: Math.ceil(records / part),
    records: Math.ceil(records / part),
  }));
  const one = (values: readonly number[], step: (x: number) => Omit<Step, 'x'>): readonly Step[] =>
    values.map(x => ({ x, ...step(x) }));
  return [
    { name: 'table-size', axis: 'Items in the table', store: 'table', steps: sizes },
    { name: 'bucket-size', axis: 'Objects in the bucket', store: 'bucket', steps: sizes },
    {
      ...{ name: 'units', axis: 'Units of work', store: 'table' },
      steps: one([1, 2, 4, 8], workers => ({ records: half, workers })),
    },
    {
      ...{ name: 'data-keys-per-record', axis: 'Data keys in an item', store: 'table' },
      steps: one([1, 4, 16, 64], dataKeysPerItem => ({
        records: Math.max(1, Math.ceil(half / dataKeysPerItem)),
        dataKeysPerItem,
      })),
    },
    {
      ...{ name: 'latency', axis: 'Latency of a call in ms', store: 'table' },
      steps: one([1, 5, 20], latencyMs => ({ records: half, latencyMs })),
    },
    {
      ...{ name: 'shared', axis: 'Places that share a data key', store: 'table' },
      steps: one([1, 10, 100], sharedBy => ({ records: half, sharedBy })),
    },
  ];
}

/** How the product's work grows with the store and with its surroundings. */
export async function growthCurves(bench: Bench, records: number): Promise<readonly Curve[]> {
  const curves: Curve[] = [];
  for (const plan of plans(records)) curves.push(await curveOf(bench, plan));
  return curves;
}

async function curveOf(bench: Bench, { name, axis, store, steps }: Plan): Promise<Curve> {
  const points: GrowthPoint[] = [];
  for (const step of steps) points.push(await pointOf(bench, store, step));
  const by = (figure: (point: GrowthPoint) => number) =>
    points.map(point => ({ x: point.x, y: figure(point) }));
  const growth = {
    cpu: growthOf(by(one => one.cpuMilliseconds)),
    requests: growthOf(by(one => one.requests)),
  };
  return { name, axis, store, points, growth };
}

async function pointOf(bench: Bench, kind: StoreKind, step: Step): Promise<GrowthPoint> {
  const { x, records, workers = 1, latencyMs = 0, dataKeysPerItem = 1, sharedBy = 1 } = step;
  await bench.aws.ask('clear', kind === 'table' ? { table: TABLE } : { bucket: 'bench-objects' });
  const dataKeys = await seed(bench, { kind, records, dataKeysPerItem, sharedBy });
  await bench.aws.ask('weather', { latencyMs });
  const { run, reading } = await measureRun(bench, { job: kind, workers });
  await bench.aws.ask('weather', { latencyMs: 0 });
  const stages = (['MigrateUnit', 'VerifyUnit'] as const).map(stage => useOf(reading, stage));
  return {
    ...{ x, dataKeys, milliseconds: run.states['Migrate'] ?? Number.NaN },
    cpuMilliseconds: stages.reduce((sum, { cpuMilliseconds }) => sum + cpuMilliseconds, 0),
    kmsRequests: kmsRequests(reading),
    requests: requestsOf(reading),
    wireBytes: wireBytes(reading),
    peakResidentBytes: Math.max(...stages.map(({ peakResidentBytes }) => peakResidentBytes)),
  };
}

function requestsOf({ requests }: MeterReading): number {
  return requests.reduce((sum, one) => (one.service === 'states' ? sum : sum + one.requests), 0);
}
