import { isSettled, type OutcomeKind } from '../model/outcome.ts';
import type { Report } from './report.ts';

export interface Conclusion {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

/** What a report comes to, in one sentence a person can act on. */
export function conclusion(report: Report): Conclusion {
  const { state, mode, error } = report;
  if (state === 'failed') {
    return {
      title: 'The run did not finish',
      text: `${error ?? 'Some units did not come to their end.'} What is left is not known; start the same job again, it goes on from where each record stands.`,
      tone: 'bad',
    };
  }
  if (mode === 'rollback') return rolledBack(report);
  if (isNarrowed(report)) return narrowed(report);
  return mode === 'census' ? counted(report) : finished(report);
}

/** A narrowed run says nothing of the rest of its stores. */
export function isNarrowed({ stores }: Report): boolean {
  return stores.some(({ narrowedTo }) => narrowedTo !== undefined);
}

function narrowed(report: Report): Conclusion {
  const { remainingInScope: left = null } = report;
  const found = left === null ? 'not known' : count(left, 'data key');
  const seen = report.stores.reduce((sum, { dataKeys }) => sum + dataKeys, 0);
  return {
    title: `A part of the stores: ${count(seen, 'data key')} seen`,
    text: `${report.mode === 'census' ? 'To re-wrap' : 'Left'} in that part: ${found}. What the rest of the stores holds is not known. ${notMoved(unsettledDataKeys(report) - (report.mode === 'census' ? (left ?? 0) : 0))}`,
    tone: 'warn',
  };
}

function rolledBack(report: Report): Conclusion {
  const restored = report.stores.reduce((sum, { outcomes }) => sum + (outcomes.restored ?? 0), 0);
  const unsettled = unsettledDataKeys(report);
  return {
    title: `${count(restored, 'data key')} restored`,
    text: unsettled === 0 ? 'Every data key is as it was before that run.' : notMoved(unsettled),
    tone: unsettled === 0 ? 'good' : 'warn',
  };
}

function counted(report: Report): Conclusion {
  const [unsettled, remaining] = [unsettledDataKeys(report), report.remaining ?? 0];
  return {
    title: `${count(remaining, 'data key')} to re-wrap`,
    text: `Nothing was changed. ${notMoved(unsettled - remaining)}`,
    tone: unsettled === 0 ? 'good' : 'warn',
  };
}

function finished(report: Report): Conclusion {
  const { remaining, keepsSource } = report;
  const unsettled = unsettledDataKeys(report);
  if (remaining === null)
    return {
      title: 'Finished, not verified',
      text: `The job turns the verify pass off, so what is left is not known. ${notMoved(unsettled)}`,
      tone: 'warn',
    };
  if (remaining > 0)
    return {
      title: keepsSource
        ? `${count(remaining, 'data key')} without a copy under the destination key`
        : `${count(remaining, 'data key')} may still need a source key`,
      text: `Keep the source keys enabled: retiring them would lose what these data keys protect. ${notMoved(unsettled)}`,
      tone: 'warn',
    };
  const title = keepsSource
    ? 'Every data key has its copy under the destination key'
    : 'Nothing is left under the source keys';
  if (unsettled > 0) return { title, text: notMoved(unsettled), tone: 'warn' };
  return {
    title,
    text: `KMS opened every ${keepsSource ? 'copy' : 'data key'} with the destination key and its current key material.${keepsSource ? ' The source records keep theirs.' : ''}`,
    tone: 'good',
  };
}

/**
 * Data keys that are neither re-wrapped nor current. What another writer has moved is settled where the verify pass has
 * then found nothing left: that writer's data keys are under the destination key, too.
 */
export function unsettledDataKeys({ stores, mode, remaining }: Report): number {
  const proven = mode === 'migrate' && remaining === 0;
  const counts = stores.flatMap(({ outcomes }) => Object.entries(outcomes) as [OutcomeKind, number][]);
  return counts
    .filter(([kind]) => !isSettled(kind) && !(proven && kind === 'moved-by-another-writer'))
    .reduce((sum, [, found]) => sum + found, 0);
}

function notMoved(unsettled: number): string {
  return unsettled <= 0 ? '' : `${count(unsettled, 'data key')} not moved: each is named with its reason.`;
}

function count(value: number, what: string): string {
  return `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;
}
