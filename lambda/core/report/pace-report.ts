import { addPace } from '../account/pace.ts';
import type { Books } from '../model/books.ts';
import type { Consumed } from '../model/consumed.ts';
import type { Pace } from '../model/pace.ts';
import type { Phase } from '../model/run.ts';
import { addConsumed } from '../rate/consumed.ts';
import type { PaceReport, PassPace } from './report.ts';

type BooksOfPass = readonly [Phase, Pick<Books, 'pace'>];

/** The passes of a run in the same slots; `undefined` where none has told its times. */
export function paceReport(
  passes: readonly BooksOfPass[],
  mostRequestsPerSecond: number,
): PaceReport | undefined {
  const told = passes.flatMap(([phase, { pace }]) => (pace === undefined ? [] : [{ phase, pace }]));
  const sum = told.map(({ pace }) => pace).reduce<Pace | undefined>(addPace, undefined);
  if (sum === undefined) return undefined;
  const frame = allOf(sum);
  const { seconds, first } = frame.over;
  return {
    seconds,
    from: new Date(first * seconds * 1000).toISOString(),
    passes: told.map(({ phase, pace }): PassPace => ({
      phase,
      dataKeys: within(frame, pace.dataKeys),
      requests: within(frame, pace.requests),
      throttled: within(frame, pace.throttled),
    })),
    mostRequestsPerSecond,
  };
}

/** Slots that are long enough for all series, from the first to the last of any. */
function allOf({ dataKeys, requests, throttled }: Pace): Consumed {
  const all = [dataKeys, requests, throttled].reduce(addConsumed, undefined) ?? dataKeys;
  return { units: 0, over: { ...all.over, units: all.over.units.map(() => 0) } };
}

function within(frame: Consumed, series: Consumed | undefined): readonly number[] {
  return addConsumed(frame, series)?.over.units ?? frame.over.units;
}
