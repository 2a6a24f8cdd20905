import { list, number, table } from './elements.ts';
import { capacityLines } from '../store-words.ts';
import type { Report } from '../report.ts';

type Costly = Pick<Report, 'kms' | 'estimate' | 'measured' | 'stores' | 'startedAt' | 'endedAt'>;

/** What the run took, beside what Plan had estimated. */
export function costPart(report: Costly): string {
  const { kms, estimate, measured, stores } = report;
  const of = (value: string | undefined): string => value ?? 'not measured';
  const estimated = (words: string): string => (estimate === null ? 'none' : words);
  const took = secondsOf(report);
  const usd = estimate?.usd;
  const rows = [
    ['KMS requests', number(kms.requests), estimated(number(estimate?.kmsRequests ?? 0))],
    ['KMS requests that were throttled', number(kms.throttled), '–'],
    ['Seconds', took === undefined ? 'not known' : number(took), estimated(number(estimate?.seconds ?? 0))],
    ['KMS charges', of(measured && dollars(measured.usd.kms)), estimated(dollars(usd?.kms ?? 0))],
    [
      'Reads and writes of stores',
      'not measured',
      estimated(dollars((usd?.reads ?? 0) + (usd?.writes ?? 0))),
    ],
    ['All AWS charges', 'not measured', estimated(dollars(usd?.total ?? 0))],
  ];
  const caption = 'What the run took, and what Plan had estimated';
  return `${table({ caption, head: ['', 'Run', 'Estimate'].map(name => name || 'What'), rows })}<p>List prices of us-east-1, without free tier. Charges of Lambda, Step Functions and logs are in neither column.</p>${list(capacityLines(stores))}`;
}

function dollars(value: number): string {
  return Number.isFinite(value) ? `$${value.toFixed(4)}` : 'not known';
}

function secondsOf({ startedAt, endedAt }: Costly): number | undefined {
  const seconds = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return Number.isFinite(seconds) ? seconds : undefined;
}
