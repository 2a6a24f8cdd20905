import type { KmsSecond } from './aws/messages.ts';
import { measureRun, seed, TABLE, useOf, type Bench } from './measure.ts';

export interface RateFigures {
  readonly kmsRequestsPerSecond: number;
  readonly workers: number;
  /** Mean rate of the seconds in between the first and the last two of each pass, over the cap. */
  readonly sustained: number;
  /** Seconds with more requests than the cap allows. */
  readonly violations: number;
  readonly mostInASecond: number;
  /** Requests that KMS refused, as a part of all. */
  readonly throttled: number;
  readonly seconds: readonly KmsSecond[];
}

export interface RateOptions {
  readonly kmsRequestsPerSecond: number;
  readonly workers: number;
  readonly records: number;
}

/** Seconds at the edges of a pass, in which workers begin and end. */
const EDGE = 2;

/** A run under a cap, in a KMS that counts each second. */
export async function rateUnderCap(bench: Bench, options: RateOptions): Promise<RateFigures> {
  const { kmsRequestsPerSecond, workers, records } = options;
  await bench.aws.ask('clear', { table: TABLE });
  await seed(bench, { kind: 'table', records });
  await bench.aws.ask('weather', { latencyMs: 0 });
  const { reading } = await measureRun(bench, { job: 'table', kmsRequestsPerSecond, workers });
  const seconds = await bench.aws.ask('kmsSeconds', {});
  useOf(reading, 'MigrateUnit');
  return { kmsRequestsPerSecond, workers, ...judged(seconds, kmsRequestsPerSecond), seconds };
}

export function judged(
  seconds: readonly KmsSecond[],
  cap: number,
): Pick<RateFigures, 'sustained' | 'violations' | 'mostInASecond' | 'throttled'> {
  const asked = seconds.map(one => one.asked);
  const inside = passesOf(seconds).flatMap(pass => pass.slice(EDGE, -EDGE));
  const total = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0);
  return {
    sustained: total(inside.map(one => one.asked)) / inside.length / cap,
    violations: asked.filter(one => one > cap).length,
    mostInASecond: Math.max(0, ...asked),
    throttled: total(seconds.map(one => one.throttled)) / Math.max(1, total(asked)),
  };
}

/** Between the passes there are seconds without any request. */
function passesOf(seconds: readonly KmsSecond[]): readonly (readonly KmsSecond[])[] {
  const passes: KmsSecond[][] = [];
  for (const one of seconds) {
    const last = passes.at(-1)?.at(-1);
    if (last === undefined || one.second > last.second + 1) passes.push([]);
    passes.at(-1)?.push(one);
  }
  return passes;
}
