import { readCalibration } from '../../bench/simulation/calibration.ts';
import { readResults } from '../../bench/simulation/results.ts';
import { simulationTable } from '../../bench/simulation/table.ts';

const percent = part => (part < 0.001 ? 'under 0.1 %' : `${(100 * part).toFixed(1)} %`);
const clock = seconds => (seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

/** What `npm run simulate` has written. */
const simulation = readResults();

export function scaleResults() {
  return simulationTable(simulation);
}

/** For each profile: what said no first, and how near the others come once all workers are there. */
export function scaleLimits() {
  return simulation.profiles
    .map(({ profile, passes }) => {
      const [migrate] = passes;
      const near = Object.entries(migrate.use)
        .filter(
          ([name, { steady }]) => name !== migrate.tightest && name !== 'rate of the job' && steady >= 0.01,
        )
        .sort(([, a], [, b]) => b.steady - a.steady)
        .map(([name, { steady }]) => `${name} ${percent(steady)}`);
      return `- **${profile.name}**: ${first(migrate)} In the migrate pass, of ${migrate.tightest} ${percent(migrate.sustained)}; ${near.join('; ')}.`;
    })
    .join('\n');
}

function first({ firstLimit, rampUpSeconds, mostWaiting }) {
  if (firstLimit === undefined) return 'nothing says no.';
  return `first met, in second ${firstLimit.second}: ${firstLimit.resource}. Up to ${mostWaiting.toLocaleString('en-US')} workers wait for their share; the last one has it after ${clock(rampUpSeconds)}.`;
}

export function scaleBounds() {
  const rows = simulation.profiles.map(
    ({ profile, cut, bounds: { report, payloadBytes, historyEventsOfUnit } }) => [
      ...[profile.name, cut.units.toLocaleString('en-US')],
      ...[clock(report.foldSeconds), clock(report.expirySeconds), `${report.megabytes} MB`],
      ...[`${payloadBytes} B`, historyEventsOfUnit],
    ],
  );
  const head = ['Profile', 'Units', 'Fold', 'Expiry', 'Memory', 'Payload', 'Events'];
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}

export function scaleCalibration() {
  const { date, machine, assumed } = readCalibration().from;
  return `Calibrated on ${date}: ${machine}.\n\nAssumed, or derived from measurements of parts: ${assumed.map(name => `\`${name}\``).join(', ')}.`;
}
