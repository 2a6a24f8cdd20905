import { list, number, table } from './elements.ts';
import { capacityLines } from '../store-words.ts';
import type { Forecast } from '../../model/run.ts';
import type { Report } from '../report.ts';

type Costly = Pick<Report, 'kms' | 'estimate' | 'measured' | 'stores' | 'startedAt' | 'endedAt'>;

/** What the run took, beside what Plan had estimated. */
export function costPart(report: Costly): string {
  const { kms, estimate, measured, stores } = report;
  const of = (value: string | undefined): string => value ?? 'not measured';
  const took = secondsOf(report);
  const { heads, forecasts, words } = estimatesOf(estimate);
  const estimated = (words: (forecast: Forecast) => string): readonly string[] =>
    forecasts.map(forecast => (forecast === null ? 'none' : words(forecast)));
  const rows = [
    ['KMS requests', number(kms.requests), ...estimated(({ kmsRequests }) => number(kmsRequests))],
    ['KMS requests that were throttled', number(kms.throttled), ...forecasts.map(() => '–')],
    [
      'Seconds',
      took === undefined ? 'not known' : number(took),
      ...estimated(({ seconds }) => number(seconds)),
    ],
    ['KMS charges', of(measured && dollars(measured.usd.kms)), ...estimated(({ usd }) => dollars(usd.kms))],
    [
      'Reads and writes of stores',
      'not measured',
      ...estimated(({ usd }) => dollars(usd.reads + usd.writes)),
    ],
    ['All AWS charges', 'not measured', ...estimated(({ usd }) => dollars(usd.total))],
  ];
  const caption = 'What the run took, and what Plan had estimated';
  return `${table({ caption, head: ['What', 'Run', ...heads], rows })}<p>List prices of us-east-1, without free tier. Charges of Lambda, Step Functions and logs are in no column.${words}</p>${list(capacityLines(stores))}`;
}

/** A run that rests on a journal has two: KMS is asked about all that the journal does not prove. */
function estimatesOf(estimate: Report['estimate']): {
  readonly heads: readonly string[];
  readonly forecasts: readonly (Forecast | null)[];
  /** What the heads leave out. */
  readonly words: string;
} {
  const resting = estimate?.resting;
  if (resting === undefined) return { heads: ['Estimate'], forecasts: [estimate], words: '' };
  return {
    heads: ['Estimate at most', 'If proven'],
    forecasts: [estimate, resting],
    words: ` “If proven” is the estimate if the journal proves ${number(resting.proven)} data keys, as it did before.`,
  };
}

function dollars(value: number): string {
  return Number.isFinite(value) ? `$${value.toFixed(4)}` : 'not known';
}

function secondsOf({ startedAt, endedAt }: Costly): number | undefined {
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return Number.isFinite(seconds) ? seconds : undefined;
}
