import { isSettled, type OutcomeKind } from '../model/outcome.ts';
import type { Report } from './report.ts';

export interface Conclusion {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

/** What a report comes to, in one sentence a person can act on. */
export function conclusion(report: Report): Conclusion {
  const { state, remaining, mode, error } = report;
  if (state === 'failed') {
    return {
      title: 'The run did not finish',
      text: `${error ?? 'Some units did not come to their end.'} What is left is not known; start the same job again, it goes on from where each record stands.`,
      tone: 'bad',
    };
  }
  const unsettled = unsettledDataKeys(report);
  if (mode === 'census')
    return {
      title: `${count(remaining ?? 0, 'data key')} to re-wrap`,
      text: `Nothing was changed. ${notMoved(unsettled - (remaining ?? 0))}`,
      tone: unsettled === 0 ? 'good' : 'warn',
    };
  if (remaining === null)
    return {
      title: 'Finished, not verified',
      text: `The job turns the verify pass off, so what is left is not known. ${notMoved(unsettled)}`,
      tone: 'warn',
    };
  if (remaining > 0)
    return {
      title: `${count(remaining, 'data key')} may still need a source key`,
      text: `Keep the source keys enabled: retiring them would lose what these data keys protect. ${notMoved(unsettled)}`,
      tone: 'warn',
    };
  if (unsettled > 0)
    return { title: 'Nothing is left under the source keys', text: notMoved(unsettled), tone: 'warn' };
  return {
    title: 'Nothing is left under the source keys',
    text: 'KMS opened every data key with the destination key and its current key material.',
    tone: 'good',
  };
}

/** Data keys that are neither re-wrapped nor current. */
export function unsettledDataKeys({ stores }: Report): number {
  const counts = stores.flatMap(({ outcomes }) => Object.entries(outcomes) as [OutcomeKind, number][]);
  return counts.filter(([kind]) => !isSettled(kind)).reduce((sum, [, found]) => sum + found, 0);
}

function notMoved(unsettled: number): string {
  return unsettled <= 0 ? '' : `${count(unsettled, 'data key')} not moved: each is named with its reason.`;
}

function count(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;
}
