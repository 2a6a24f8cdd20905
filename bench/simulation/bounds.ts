import type { Calibration } from './calibration.ts';
import { CPU_SHARE, FUNCTION_MEGABYTES, LIMITS } from './limits.ts';
import type { Cut } from './units.ts';

/** What is not a rate: sizes, lengths, and the time of the one invocation that is Report. */
export interface Bounds {
  readonly report: {
    /** Reading and folding the results of all units. */
    readonly foldSeconds: number;
    /** A date for each checkpoint, all of them in one partition. */
    readonly expirySeconds: number;
    readonly megabytes: number;
    readonly resultBytes: number;
  };
  readonly unitsBytes: number;
  /** What a child execution returns. */
  readonly payloadBytes: number;
  readonly historyEventsOfUnit: number;
  /** Part of each bound that is used. */
  readonly use: Readonly<Record<'report time' | 'report memory' | 'payload' | 'history', number>>;
}

/** core/account/rounds.ts */
const EVENTS = { start: 3, round: 7 };
const PASSES = 2;

export function boundsOf(cut: Cut, secondsOfUnit: number, calibration: Calibration): Bounds {
  const lines = PASSES * cut.units;
  const resultBytes = lines * calibration.unitLineBytes;
  const folding = (lines * calibration.foldMicroseconds) / 1e6 / CPU_SHARE;
  const reading = resultBytes / 1e6 / calibration.resultsMegabytesPerSecond;
  const foldSeconds = folding + reading;
  const expirySeconds = (lines * Math.ceil(calibration.checkpointBytes / 1_024)) / LIMITS.partitionWrites;
  const rounds = Math.ceil(secondsOfUnit / LIMITS.invocationSeconds);
  const historyEventsOfUnit = EVENTS.start + EVENTS.round * rounds;
  const { reportMegabytes, unitLineBytes } = calibration;
  return {
    report: { foldSeconds, expirySeconds, megabytes: reportMegabytes, resultBytes },
    unitsBytes: cut.bytes,
    payloadBytes: unitLineBytes,
    historyEventsOfUnit,
    use: {
      'report time': (foldSeconds + expirySeconds) / LIMITS.invocationSeconds,
      'report memory': reportMegabytes / FUNCTION_MEGABYTES,
      payload: unitLineBytes / LIMITS.payloadBytes,
      history: historyEventsOfUnit / LIMITS.historyEvents,
    },
  };
}
