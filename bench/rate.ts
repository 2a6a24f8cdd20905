import { setTimeout as sleep } from 'node:timers/promises';
import type { KmsSecond } from './aws/messages.ts';
import { measureRun, seed, TABLE, type Bench } from './measure.ts';

export interface RateFigures {
  readonly kmsRequestsPerSecond: number;
  readonly workers: number;
  /** Mean rate of the migrate pass without its beginning and its end, over the cap. */
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

/** In the first page of each worker, some of them have not come yet. It takes 20 s. */
const BEGINNING_SECONDS = 20;
/** The last units end one after the other, and a worker takes what became free at its next page. */
const END = 0.9;

/** A run under a cap, in a KMS that counts each second. */
export async function rateUnderCap(bench: Bench, options: RateOptions): Promise<RateFigures> {
  const { kmsRequestsPerSecond, workers, records } = options;
  await prepared(bench, records);
  await bench.aws.ask('weather', { latencyMs: 0 });
  await measureRun(bench, { job: 'table', kmsRequestsPerSecond, workers });
  const seconds = await bench.aws.ask('kmsSeconds', {});
  return { kmsRequestsPerSecond, workers, ...judged(seconds, options), seconds };
}

async function prepared({ aws, ...bench }: Bench, records: number): Promise<void> {
  await aws.ask('clear', { table: TABLE });
  await seed({ aws, ...bench }, { kind: 'table', records });
}

/** The verify pass asks KMS about few data keys, so only the migrate pass is sustained. */
export function judged(
  seconds: readonly KmsSecond[],
  { kmsRequestsPerSecond: cap, records }: Pick<RateOptions, 'kmsRequestsPerSecond' | 'records'>,
): Pick<RateFigures, 'sustained' | 'violations' | 'mostInASecond' | 'throttled'> {
  const asked = seconds.map(one => one.asked);
  const pass = everySecond(seconds).slice(BEGINNING_SECONDS);
  const before = total(everySecond(seconds).slice(0, BEGINNING_SECONDS));
  const inside: number[] = [];
  for (const one of pass) {
    if (before + total(inside) + one > END * records) break;
    inside.push(one);
  }
  return {
    sustained: total(inside) / inside.length / cap,
    violations: asked.filter(one => one > cap).length,
    mostInASecond: Math.max(0, ...asked),
    throttled: total(seconds.map(one => one.throttled)) / Math.max(1, total(asked)),
  };
}

/** Requests of the product, with the seconds in which there was none. */
function everySecond(seconds: readonly KmsSecond[]): readonly number[] {
  const first = seconds[0]?.second ?? 0;
  const length = (seconds.at(-1)?.second ?? first) - first + 1;
  const asked = Array.from({ length }, () => 0);
  for (const one of seconds) asked[one.second - first] = one.asked;
  return asked;
}

function total(of: readonly number[]): number {
  return of.reduce((sum, one) => sum + one, 0);
}

export interface NeighbourOptions extends RateOptions {
  /** Of the whole account: less than the run and the neighbour want. */
  readonly quota: number;
  readonly neighbour: { readonly requestsPerSecond: number; readonly seconds: number };
}

export interface NeighbourFigures extends NeighbourOptions {
  /** Seconds from the neighbour's first request until it had what it needs; NaN if it never did, or never lacked it. */
  readonly shareBack: number;
  /** Of the neighbour's requests from then on, the part that was throttled. */
  readonly throttledThen: number;
  /** Seconds from its last request until the run asks as much as before. */
  readonly recovered: number;
  readonly seconds: readonly KmsSecond[];
}

/**
 * What the embedded AWS can serve on two cores that other work shares. A worker asks nothing while it writes a page, and a write
 * takes some 8 ms here: with 2 requests a second for each worker that is 2 % of its time. Two minutes.
 */
export const CAP: RateOptions = { kmsRequestsPerSecond: 32, workers: 16, records: 4_000 };
/** The run and the neighbour together want a third more than there is. */
export const BESIDE: NeighbourOptions = {
  ...{ kmsRequestsPerSecond: 40, workers: 8, records: 6_000 },
  ...{ quota: 45, neighbour: { requestsPerSecond: 20, seconds: 45 } },
};

/** The run has its whole rate for so long before the neighbour comes. */
const ALONE_MS = 40_000;
const POLL_MS = 500;

/** An application begins to use the quota that a run uses, and ends before the run does. */
export async function rateBesideNeighbour(
  bench: Bench,
  options: NeighbourOptions,
): Promise<NeighbourFigures> {
  const { kmsRequestsPerSecond, workers, records, quota, neighbour } = options;
  await prepared(bench, records);
  await bench.aws.ask('weather', { latencyMs: 0, kmsQuota: quota });
  const running = measureRun(bench, { job: 'table', kmsRequestsPerSecond, workers });
  while ((await bench.aws.ask('kmsSeconds', {})).length < 3) await sleep(POLL_MS);
  await sleep(ALONE_MS);
  await bench.aws.ask('neighbour', { ...neighbour, key: bench.keys.source });
  await running;
  const seconds = await bench.aws.ask('kmsSeconds', {});
  await bench.aws.ask('weather', { latencyMs: 0 });
  return { ...options, ...judgedBeside(seconds), seconds };
}

/** What an application bears without its users' noticing: its SDK asks once more. */
const BORNE = 0.02;
/** So many seconds in a row are no accident. */
const IN_A_ROW = 3;
/** The share of the rate before that a run has when it has recovered. */
const RECOVERED = 0.9;

export function judgedBeside(
  seconds: readonly KmsSecond[],
): Pick<NeighbourFigures, 'shareBack' | 'throttledThen' | 'recovered'> {
  const beside = seconds.filter(({ neighbour }) => neighbour !== undefined);
  const [first, last] = [beside[0]?.second ?? Number.NaN, beside.at(-1)?.second ?? Number.NaN];
  const throttled = beside.map(({ neighbour }) => (neighbour?.throttled ?? 0) / (neighbour?.asked ?? 1));
  // Where nobody was throttled, the two did not meet, and that shows nothing.
  const met = beside.some(one => one.throttled + (one.neighbour?.throttled ?? 0) > 0);
  const back = met ? firstInARow(throttled.map(part => part <= BORNE)) : Number.NaN;
  const then = beside.slice(back).map(({ neighbour }) => neighbour);
  const asked = total(then.map(one => one?.asked ?? 0));
  const before = seconds.filter(({ second }) => second < first).slice(-IN_A_ROW * 5);
  const rate = total(before.map(one => one.asked)) / before.length;
  const after = seconds.filter(({ second }) => second > last);
  return {
    shareBack: back,
    throttledThen: total(then.map(one => one?.throttled ?? 0)) / asked,
    recovered: firstInARow(after.map(one => one.asked >= RECOVERED * rate)),
  };
}

/** The index from which on something is so for some time; NaN if it never is. */
function firstInARow(so: readonly boolean[]): number {
  const index = so.findIndex((_, at) => {
    const some = so.slice(at, at + IN_A_ROW);
    return some.length === IN_A_ROW && some.every(Boolean);
  });
  return index === -1 ? Number.NaN : index;
}
