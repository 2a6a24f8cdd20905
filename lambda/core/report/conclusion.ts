import type { OutcomeKind } from '../model/outcome.ts';
import { addResting } from '../account/books.ts';
import { serverSideWords } from '../model/server-side-encryption.ts';
import { wrappedWords } from '../model/wrapped-records.ts';
import { unsettledIn } from '../verdict/run-verdict.ts';
import { restingWords } from '../verdict/resting-words.ts';
import { counted, type Doubt } from '../verdict/store-verdict.ts';
import type { Evidence, Report } from './report.ts';

export interface Conclusion {
  readonly title: string;
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

/** What a report comes to, in words a person can act on. It adds nothing to the verdict. */
export function conclusion(report: Report): Conclusion {
  switch (report.verdict) {
    case 'failed':
      return {
        title: 'The run did not finish',
        text: `${sentence(report.error ?? 'Some units did not finish')} What is left is not known; start the same job again, and it continues where each record stands.`,
        tone: 'bad',
      };
    case 'restored':
    case 'not-restored':
      return rolledBack(report);
    case 'nothing-to-do':
    case 'counted':
      return census(report);
    case 'empty':
      return {
        title: 'There is nothing in the stores',
        text: `No record was found in ${names(report)}. That is all that this run proves.`,
        tone: 'good',
      };
    case 'proven':
      return proven(report);
    case 'not-proven':
      return notProven(report);
  }
}

function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}

function rolledBack(report: Report): Conclusion {
  const restored = total(report, 'restored');
  const unsettled = unsettledDataKeys(report);
  return {
    title: `${counted(restored, 'data key')} restored`,
    text: unsettled === 0 ? 'Every data key is as it was before that run.' : notMoved(unsettled),
    tone: unsettled === 0 ? 'good' : 'warn',
  };
}

function census(report: Report): Conclusion {
  const toDo = total(report, 'to-rewrap');
  const doubts = doubtTexts(report, ({ code }) => !['not-verified', 'remaining'].includes(code));
  return {
    title: `${isNarrowed(report) ? 'A part of the stores: ' : ''}${counted(toDo, 'data key')} to re-wrap${hasOtherDoubts(report) ? ` ${toDo === 1 ? 'was' : 'were'} found, and there are doubts` : ''}`,
    text: sentences([
      'Nothing was changed.',
      ...doubts,
      notMoved(unsettledDataKeys(report) - toDo),
      ...wrapped(report),
      ...serverSide(report),
    ]),
    tone: report.verdict === 'nothing-to-do' ? 'good' : 'warn',
  };
}

function proven(report: Report): Conclusion {
  const { keepsSource, stores } = report;
  const opened = openedIn(report);
  const empty = stores.filter(({ verdict }) => verdict.kind === 'empty').map(({ store }) => store);
  return {
    title: keepsSource ? 'Every data key has its copy under the destination key' : nothingLeft(report),
    text: sentences([
      opened === 0
        ? ''
        : `KMS opened ${opened === 1 ? 'the one' : `each of the ${opened.toLocaleString('en-US')}`} ${keepsSource ? (opened === 1 ? 'copy' : 'copies') : opened === 1 ? 'data key' : 'data keys'} with the destination key, its current key material and the encryption context that a reader builds.`,
      restingText(report),
      keepsSource ? 'The source records keep theirs.' : '',
      withoutDataKey(report),
      ...wrapped(report),
      ...serverSide(report),
      empty.length === 0 ? '' : `There was no record in ${empty.join(', ')}.`,
    ]),
    tone: openTables(report).length + serverSide(report).length === 0 ? 'good' : 'warn',
  };
}

function nothingLeft(report: Report): string {
  if (openTables(report).length > 0)
    return 'Nothing is left under the source keys here, and records are under keys of tables that this run did not move';
  return serverSide(report).length > 0
    ? 'No data key is left under the source keys, but S3 itself encrypts objects with them'
    : 'Nothing is left under the source keys';
}

function openedIn({ stores }: Report): number {
  return stores.reduce((sum, store) => sum + (store.proven ?? 0), 0);
}

function restingText(report: Report): string {
  const { stores } = report;
  const resting = stores.map(store => store.resting).reduce(addResting, undefined);
  const words = restingWords({ ...report, resting, proven: openedIn(report) });
  return words === '' ? '' : `${words}.`;
}

function notProven(report: Report): Conclusion {
  const doubts = doubtTexts(report, ({ code }) => code !== 'remaining');
  const foreign = report.stores.reduce((sum, { concluding }) => sum + (concluding['foreign-key'] ?? 0), 0);
  const remaining = report.remaining ?? report.remainingInScope ?? null;
  return {
    title: notProvenTitle(report, remaining),
    text: sentences([
      (remaining ?? 0) > 0
        ? 'Keep the source keys enabled: retiring them would lose what these data keys protect. Each is named with its reason.'
        : '',
      ...doubts,
      foreign === 0
        ? ''
        : `${counted(foreign, 'data key')} under other keys than the job's, left as they are.`,
      restingText(report),
      ...wrapped(report),
      ...serverSide(report),
      isNarrowed(report) ? 'What the rest of the stores holds is not known.' : '',
    ]),
    tone: 'warn',
  };
}

function notProvenTitle(report: Report, remaining: number | null): string {
  if (isNarrowed(report)) {
    if (remaining === 0 && hasOtherDoubts(report)) return 'A part of the stores, and it is not proven';
    return `A part of the stores: ${remaining === null ? 'what is left is not known' : `${counted(remaining, 'data key')} left in it`}`;
  }
  if (remaining === null) return 'Finished, not verified';
  if (remaining > 0)
    return report.keepsSource
      ? `${counted(remaining, 'data key')} without a copy under the destination key`
      : `${counted(remaining, 'data key')} may still need a source key`;
  return report.stores.some(({ verdict }) => verdict.kind === 'not-proven')
    ? 'Not proven: data keys may be left that this run did not see'
    : 'Nothing is left under the source keys, and some data keys are under other keys';
}

/** Other doubts than the counted ones and those that every run of this kind leaves open. */
function hasOtherDoubts({ stores }: Evidence): boolean {
  return stores.some(
    ({ verdict }) =>
      verdict.kind === 'not-proven' &&
      verdict.doubts.some(({ code }) => !['narrowed', 'not-verified', 'remaining'].includes(code)),
  );
}

/** A narrowed run says nothing about the rest of its stores. */
function isNarrowed({ stores }: Evidence): boolean {
  return stores.some(({ narrowedTo }) => narrowedTo !== undefined);
}

/** Data keys that the concluding pass did not find where the job wants them. */
function unsettledDataKeys({ stores }: Evidence): number {
  return stores.reduce((sum, { concluding }) => sum + unsettledIn(concluding), 0);
}

function doubtTexts({ stores }: Evidence, which: (doubt: Doubt) => boolean): readonly string[] {
  const all = stores.flatMap(({ store, verdict }) =>
    verdict.kind === 'not-proven'
      ? verdict.doubts.filter(which).map(({ words }) => `${store}: ${words}.`)
      : [],
  );
  const left = all.length - MOST_DOUBTS;
  return left <= 0
    ? all
    : [
        ...all.slice(0, MOST_DOUBTS),
        `There ${left === 1 ? 'is' : 'are'} ${counted(left, 'more doubt')} about these and other stores.`,
      ];
}

/** More than these are for the list of stores, and not for a sentence. */
const MOST_DOUBTS = 6;

function withoutDataKey({ stores }: Evidence): string {
  const records = stores.reduce((sum, store) => sum + store.withoutDataKey, 0);
  return records === 0
    ? ''
    : `${counted(records, 'record')} without a data key in the places that the job names.`;
}

function wrapped({ stores }: Evidence): readonly string[] {
  return stores.flatMap(({ store, wrappedBy = [] }) =>
    wrappedBy.map(one => `${store}: ${wrappedWords(one)}.`),
  );
}

function serverSide({ stores }: Evidence): readonly string[] {
  return stores.flatMap(({ store, serverSideEncrypted = [] }) =>
    serverSideEncrypted.map(one => `${store}: ${serverSideWords(one)}.`),
  );
}

/** Tables whose keys wrap records of this run's stores, and which the run has not proven. */
function openTables({ stores }: Evidence): readonly string[] {
  const proven = stores.filter(({ verdict }) => verdict.kind === 'proven').map(({ store }) => store);
  return stores
    .flatMap(({ wrappedBy = [] }) => wrappedBy.map(({ table }) => table))
    .filter(table => !proven.some(store => store.endsWith(`:${table}`)));
}

function total({ stores }: Evidence, kind: OutcomeKind): number {
  return stores.reduce((sum, { outcomes }) => sum + (outcomes[kind] ?? 0), 0);
}

function names({ stores }: Evidence): string {
  return stores.map(({ store }) => store).join(', ');
}

function notMoved(unsettled: number): string {
  return unsettled <= 0 ? '' : `${counted(unsettled, 'data key')} not moved: each is named with its reason.`;
}

function sentences(of: readonly string[]): string {
  return of.filter(sentence => sentence !== '').join(' ');
}
