/** How far a pass is at a moment. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly records: number;
  readonly dataKeys: number;
  readonly kmsRequests: number;
}

/** Each by the second. */
export interface Rates {
  readonly records: number;
  readonly dataKeys: number;
  readonly kmsRequests: number;
}

/** Long enough to smooth the checkpoints of pages, short enough to show what a change of the rate does. */
const WINDOW_MS = 30_000;
/** What two looks within a second tell is chance. */
const LEAST_MS = 1_000;

/** The pace of a pass over the last half minute. */
export class Pace {
  #moments: readonly Moment[] = [];

  /** `undefined` as long as too little has been seen. */
  after(moment: Moment): Rates | undefined {
    const last = this.#moments.at(-1);
    // A checkpoint that is counted anew, as after a lost look, would make a pace below zero.
    const kept = last !== undefined && moment.dataKeys < last.dataKeys ? [] : this.#moments;
    // One that is older than the window stays, so that a slow pass has a pace, too.
    const from = kept.findLastIndex(({ at }) => at <= moment.at - WINDOW_MS);
    this.#moments = [...kept.slice(Math.max(from, 0)), moment];
    const first = this.#moments[0] ?? moment;
    const elapsed = moment.at - first.at;
    if (elapsed < LEAST_MS) return undefined;
    const perSecond = (name: 'records' | 'dataKeys' | 'kmsRequests'): number =>
      ((moment[name] - first[name]) * 1_000) / elapsed;
    return {
      records: perSecond('records'),
      dataKeys: perSecond('dataKeys'),
      kmsRequests: perSecond('kmsRequests'),
    };
  }
}

/** Seconds until as many data keys are done as Plan has estimated; `undefined` where that cannot be told. */
export function secondsLeft(
  { dataKeys, estimated }: { readonly dataKeys: number; readonly estimated: number },
  rates: Rates | undefined,
): number | undefined {
  const left = estimated - dataKeys;
  // Beyond the estimate there is no saying how much more there is.
  if (left <= 0 || rates === undefined || rates.dataKeys <= 0) return undefined;
  return left / rates.dataKeys;
}

/** The part that is done, from 0 to 1. All of it only when every unit is: an estimate may be hours old. */
export function partDone(of: {
  readonly unitsDone: number;
  readonly units: number;
  readonly dataKeys: number;
  readonly estimated: number;
}): number {
  if (of.units > 0 && of.unitsDone >= of.units) return 1;
  const part = of.estimated > 0 ? of.dataKeys / of.estimated : of.unitsDone / Math.max(of.units, 1);
  return Math.min(part, 0.99);
}
