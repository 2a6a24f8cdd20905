import type { Simulation } from './simulate.ts';

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
const hours = (seconds: number): string =>
  seconds < 3_600 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3_600).toFixed(1)} h`;

/** One line for each profile and pass. */
export function simulationTable({ profiles }: Simulation): string {
  const head = ['Profile', 'Workers', 'Pass', 'Time', 'Tightest quota', 'Used', 'Overall'];
  const rows = profiles.flatMap(({ profile, passes }) =>
    passes.map(one => [
      ...[profile.name, profile.workers.toLocaleString('en-US'), one.pass, hours(one.seconds)],
      ...[one.tightest, percent(one.sustained), percent(one.overall)],
    ]),
  );
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}
