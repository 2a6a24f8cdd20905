import colors from 'picocolors';
import type { PhaseProgress } from '../deployment/run-watch.ts';
import type { ListedRun } from '../deployment/run-list.ts';
import { duration, progressLine } from './progress.ts';

/** Two lines, which a narrow terminal can wrap at words. */
export function statusText(run: ListedRun, progress: readonly PhaseProgress[]): string {
  const { runId, state, error } = run;
  return [
    `${runId}  ${colors.bold(state)}`,
    `  ${[whatWords(run), ...timeWords(run), remainingWords(run)].join(', ')}`,
    ...(progress.length === 0 ? [] : [`  ${progressLine(progress)}`]),
    ...(error === undefined ? [] : [`  ${error.name}: ${error.words}`]),
  ].join('\n');
}

function whatWords({ job, mode, startedBy, scheduledFor }: ListedRun): string {
  const what = [job ?? 'no job', mode ?? 'in no known mode'].join(' ');
  switch (startedBy) {
    case 'request':
      return `${what}, on demand`;
    case 'schedule':
      return `${what}, by its schedule${scheduledFor === undefined ? '' : ` for ${minute(scheduledFor)}`}`;
  }
}

function timeWords({ state, startedAt, seconds }: ListedRun): readonly string[] {
  const took = state === 'running' ? `for ${duration(seconds)} now` : `took ${duration(seconds)}`;
  return [`started ${minute(startedAt)}`, took];
}

function remainingWords({ remaining }: ListedRun): string {
  return `remaining: ${remaining === null ? 'unknown' : remaining.toLocaleString('en-US')}`;
}

/** A person compares minutes, and JSON has the rest. */
export function minute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
