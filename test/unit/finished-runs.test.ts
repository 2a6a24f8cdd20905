import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { afterPage, freshProgress } from '../../lambda/core/account/unit-progress.ts';
import type { Resting } from '../../lambda/core/model/books.ts';
import { finishRun, type FinishPorts, type FinishRequest } from '../../lambda/core/report/finish-run.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { plan, UNIT } from '../support/builders.ts';
import { FakeLocks } from '../support/fake-locks.ts';

interface Contradicted {
  /** How often KMS has contradicted a journal since the run was planned. */
  readonly contradictions?: number;
  readonly resting?: Resting;
}

/** What a run leaves behind when it is reported, in order. */
async function finished(
  request: Partial<FinishRequest>,
  letExpire: FinishPorts['letExpire'] = () => Promise.resolve(),
  { contradictions = 0, resting }: Contradicted = {},
): Promise<{ readonly state: string; readonly left: readonly string[]; readonly stores: Report['stores'] }> {
  const left: string[] = [];
  const leave = (what: string) => () => Promise.resolve(void left.push(what));
  const units = async function* () {
    for (const phase of ['migrate', 'verify'] as const)
      yield await Promise.resolve(
        afterPage(freshProgress(UNIT, phase), {
          position: { done: true },
          books: { ...EMPTY_BOOKS, ...(resting !== undefined && { records: 1, resting }) },
        }),
      );
  };
  const { report } = await finishRun(
    { runId: 'run-3', ...request },
    {
      files: {
        readPlan: () =>
          Promise.resolve(plan({ runId: 'run-3', continues: ['run-2', 'run-1'], contradictions: 2 })),
        writeReport: () => Promise.resolve({ reportKey: 'report.json' }),
        unitResults: units,
        failedUnits: () => Promise.resolve([]),
        location: () => 's3://run/',
      },
      ledger: { readControl: () => Promise.resolve({}), remember: leave('end'), units },
      history: {
        rememberLatest: leave('latest'),
        remember: leave('migration'),
        rememberProofs: leave('proofs'),
        contradictions: () => Promise.resolve(2 + contradictions),
        proof: () => Promise.resolve(undefined),
      },
      locks: new FakeLocks().ports.locks,
      journalLocation: () => 's3://journal/',
      announce: leave('event'),
      letExpire: runId => {
        left.push(`${runId} expires`);
        return letExpire(runId);
      },
      clock: { now: () => 0 },
    },
  );
  return { state: report.state, left, stores: report.stores };
}

describe('a finished run', () => {
  it('lets its ledger entries expire, and those of the runs it continued, when everything else is done', async () => {
    const { state, left } = await finished({ manifests: ['m'] });
    expect([state, left.slice(-4)]).toEqual([
      'succeeded',
      ['event', 'run-3 expires', 'run-2 expires', 'run-1 expires'],
    ]);
  });

  it('is no failure if that cannot be done', async () => {
    const { state } = await finished({ manifests: ['m'] }, () => Promise.reject(new Error('busy')));
    expect(state).toBe('succeeded');
  });
});

describe('a run that rests on a journal which KMS has contradicted since', () => {
  const resting = { onJournal: 1, ofEarlierRuns: 1, sampled: 0, contradicted: 0 };
  const doubtsOf = async (given: Contradicted) => {
    const { stores } = await finished({ manifests: ['m'] }, undefined, given);
    const [verdict] = stores.map(store => store.verdict);
    return verdict?.kind === 'not-proven' ? verdict.doubts.map(({ code, count }) => [code, count]) : [];
  };

  it('is not proven, also if no worker has counted that: it may have been killed', async () => {
    expect(await doubtsOf({ contradictions: 3, resting })).toContainEqual(['journal-contradicted', 3]);
  });

  it('has no such doubt where nothing was contradicted since, or nothing rests on a journal', async () => {
    for (const given of [
      { resting },
      { contradictions: 3, resting: { ...resting, onJournal: 0, sampled: 1 } },
    ])
      expect((await doubtsOf(given)).map(([code]) => code)).not.toContain('journal-contradicted');
  });
});

describe('a run that failed', () => {
  it('keeps everything, so that another run can continue it', async () => {
    const { state, left } = await finished({ error: { Error: 'States.Timeout', Cause: '' } });
    expect([state, left.filter(what => what.endsWith('expires'))]).toEqual(['failed', []]);
  });
});
