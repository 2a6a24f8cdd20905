import type { Report, StoreReport } from '../../lambda/core/report/report.ts';
import { isSureCount } from '../../lambda/core/verdict/run-verdict.ts';
import type { DoubtCode } from '../../lambda/core/verdict/store-verdict.ts';
import { rewrapStep, type Here, type NextStep } from './next-step.ts';

type Reported = Pick<
  Report,
  'runId' | 'job' | 'mode' | 'verdict' | 'stores' | 'keyMaterials' | 'keepsSource'
>;

/** What to do once a run has ended, by its verdict. None of the commands changes anything without being asked to. */
export function afterReport(report: Reported, here: Here): readonly NextStep[] {
  const { job, mode } = report;
  const step = (words: readonly string[], why: string): NextStep => rewrapStep(words, why, here);
  const page = pageOf(report, here);
  switch (report.verdict) {
    case 'proven':
      return report.keepsSource ? [page] : afterProof(report, here);
    case 'empty':
      return [step(['plan', job], 'names the stores of the job; there was no record in them')];
    case 'nothing-to-do':
      return [step(['run', job, '--mode', 'verify'], 'proves it: KMS opens every data key')];
    case 'counted':
      return isSureCount(report.stores)
        ? [step(['run', job], 'moves what was counted, and proves it')]
        : [page, ...askedAgain(report, here)];
    case 'not-proven':
      return [page, ...askedAgain(report, here)];
    case 'restored':
      return [step(['run', job, '--mode', 'census'], 'counts what is under which key now')];
    case 'not-restored':
      return [page];
    case 'failed':
      return [
        page,
        ...(mode === 'rollback'
          ? []
          : [
              step(
                ['run', job, '--mode', mode],
                'goes on where each record stands, once the cause is mended',
              ),
            ]),
      ];
  }
}

function pageOf({ runId }: Reported, here: Here): NextStep {
  return rewrapStep(
    ['report', runId, '--html', `${runId}.html`],
    'writes a page with each doubt and its cure',
    here,
  );
}

/** The keys that data keys were under before the run, and are under no more. */
function afterProof(
  { keyMaterials, runId, job, mode, stores, verdict, keepsSource }: Reported,
  here: Here,
): readonly NextStep[] {
  const under = new Set(keyMaterials.flatMap(({ keyArn, after }) => (after > 0 ? [keyArn] : [])));
  const left = [...new Set(keyMaterials.flatMap(({ keyArn, before }) => (before > 0 ? [keyArn] : [])))]
    .filter(keyArn => !under.has(keyArn))
    .slice(0, 2);
  if (left.length === 0)
    return [pageOf({ keyMaterials, runId, job, mode, stores, verdict, keepsSource }, here)];
  return left.map(keyArn =>
    rewrapStep(['retire-check', keyArn], 'says whether this key may be disabled; it changes nothing', here),
  );
}

/** The run that would answer what is open. Other doubts need a change of the job or of records first. */
function askedAgain({ job, mode, stores }: Reported, here: Here): readonly NextStep[] {
  const open = new Set(stores.flatMap(doubtsOf));
  const again = (words: readonly string[], why: string): readonly NextStep[] => [
    rewrapStep(['run', job, ...words], why, here),
  ];
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
