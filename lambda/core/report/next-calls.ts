import { isSureCount, unsettledIn } from '../verdict/run-verdict.ts';
import type { DoubtCode } from '../verdict/store-verdict.ts';
import type { Report, StoreReport } from './report.ts';

/** A command of the command line to run next, and what it is good for. */
export interface NextCall {
  /** The words after `rewrap`, as a shell would hand them over. */
  readonly words: readonly string[];
  readonly why: string;
  /** It writes the page of the report: who reads that page needs no call for it. */
  readonly writesPage?: true;
}

type Ended = Pick<
  Report,
  'runId' | 'job' | 'mode' | 'verdict' | 'stores' | 'keyMaterials' | 'keepsSource' | 'countsOnly'
>;

/**
 * What a person does after this report, in order. The page and the terminal show this list, and no words of their own. None of
 * the commands changes anything without being asked to.
 */
export function nextCalls(report: Ended): readonly NextCall[] {
  const { job, mode } = report;
  switch (report.verdict) {
    case 'proven':
      return afterProof(report);
    case 'empty':
      return [call(['plan', job], 'shows the stores that the job names; there was no record in them')];
    case 'nothing-to-do':
      return [
        call(['run', job, '--mode', 'verify'], 'asks KMS about every data key: a census proves nothing'),
      ];
    case 'counted':
      if (!isSureCount(report.stores)) return [page(report), ...unproven(report), askedAgain(report)];
      return report.countsOnly === true ? afterApplication(report) : moved(job);
    case 'not-proven':
      return [page(report), ...unproven(report), askedAgain(report)];
    case 'restored':
      return [call(['run', job, '--mode', 'census'], 'counts what is under which key now')];
    case 'not-restored':
      return [page(report), ...unproven(report)];
    case 'failed':
      return [page(report), call(['status', report.runId], 'shows how far it got'), ...goneOn(job, mode)];
  }
}

function call(words: readonly string[], why: string): NextCall {
  return { words, why };
}

function page({ runId }: Ended): NextCall {
  return {
    ...call(['report', runId, '--html', `${runId}.html`], 'writes a page with each doubt and its cure'),
    writesPage: true,
  };
}

function moved(job: string): readonly NextCall[] {
  return [
    call(['plan', job], 'shows work, time and cost'),
    call(['run', job], 'moves what was counted, and proves it'),
  ];
}

/** No run moves them. */
function afterApplication(report: Ended): readonly NextCall[] {
  return [
    ...unproven(report),
    call(
      ['run', report.job, '--mode', 'verify'],
      'proves what the application has moved: no run writes data keys that lie there',
    ),
  ];
}

/** The list of what is left, where the report counts anything that would be on it. */
function unproven({ runId, stores }: Ended): readonly NextCall[] {
  if (stores.every(({ concluding }) => unsettledIn(concluding) === 0)) return [];
  return [
    call(
      ['report', runId, '--failures', 'unproven.csv'],
      'names every data key that is left, with the reason',
    ),
  ];
}

/** What a failed rollback has to undo is not in its report, so nobody is told to start it again. */
function goneOn(job: string, mode: Report['mode']): readonly NextCall[] {
  if (mode === 'rollback') return [];
  return [call(['run', job, '--mode', mode], 'goes on where each record stands, once the cause is mended')];
}

/** Two keys at most: that command names the others. Where data keys are copies, those of the source stay. */
function afterProof(report: Ended): readonly NextCall[] {
  const keys = report.keepsSource ? [] : keysLeft(report).slice(0, 2);
  if (keys.length === 0) return [page(report)];
  return keys.map(key =>
    call(['retire-check', key], 'says whether this key may be disabled; it changes nothing'),
  );
}

/** Keys that data keys were under before the run, and are under no more, whatever their material. */
function keysLeft({ keyMaterials }: Ended): readonly string[] {
  const under = new Set(keyMaterials.filter(({ after }) => after > 0).map(({ keyArn }) => keyArn));
  const gone = keyMaterials.filter(({ keyArn, before }) => before > 0 && !under.has(keyArn));
  return [...new Set(gone.map(({ keyArn }) => keyArn))];
}

/** The run that would answer what is open. Other doubts need a change of the job or of records first. */
function askedAgain({ job, mode, stores }: Ended): NextCall {
  const open = new Set(stores.flatMap(doubtsOf));
  const again = (words: readonly string[], why: string): NextCall => call(['run', job, ...words], why);
  if (open.has('journal-contradicted'))
    return again(
      ['--mode', 'verify', '--ask-all'],
      'asks KMS about every data key, whatever the journal says',
    );
  if (open.has('narrowed')) return again(['--mode', mode], 'is about all of the stores');
  if ([...open].every(code => code === 'not-verified') && mode === 'migrate')
    return again(['--mode', 'verify'], 'asks KMS about every data key');
  return again(mode === 'migrate' ? [] : ['--mode', mode], 'looks again, once the doubts are answered');
}

function doubtsOf({ verdict }: StoreReport): readonly DoubtCode[] {
  return verdict.kind === 'not-proven' ? verdict.doubts.map(({ code }) => code) : [];
}
