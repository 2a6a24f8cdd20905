import { Cron } from 'croner';
import { intervalOf } from '../job/schedule-expression.ts';
import type { JobSchedule } from '../model/job.ts';

/**
 * The latest time at which a schedule must have begun a run, if it works, after the one that began at `after`.
 *
 * A rate fires at multiples of itself, counted from a time that nobody knows, and Plan lets a firing go that comes before the
 * rate is over (core/plan/scheduled-run.ts). So two rates may pass between two runs. A cron expression says the time itself;
 * there is none if its years are over.
 */
export function mustFireBy(
  { expression, timeZone }: Pick<JobSchedule, 'expression' | 'timeZone'>,
  after: number,
): number | undefined {
  const interval = intervalOf(expression);
  if (interval !== undefined) return after + 2 * interval;
  const cron = new Cron(patternOf(expression), {
    ...{ timezone: timeZone, paused: true },
    // As EventBridge Scheduler has them: Sunday is 1, `5/15` begins at 5, and both days must fit.
    ...{ alternativeWeekdays: true, sloppyRanges: true, domAndDow: true },
  });
  return cron.nextRun(new Date(after))?.getTime();
}

/** Scheduler has no seconds. Its `?` names no day, and its `L` alone is the last day of a week that begins on Sunday. */
function patternOf(expression: string): string {
  const [, inner = ''] = /^cron\((.*)\)$/.exec(expression) ?? [];
  const [minutes, hours, day, month, weekday, year] = inner.split(' ');
  return ['0', minutes, hours, day, month, weekday === 'L' ? '7' : weekday, year]
    .join(' ')
    .replaceAll('?', '*');
}
