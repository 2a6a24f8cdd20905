import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import { afterPage, freshProgress } from '../../lambda/core/account/unit-progress.ts';
import { finishRun, type FinishPorts, type FinishRequest } from '../../lambda/core/report/finish-run.ts';
import { plan, UNIT } from '../support/builders.ts';
import { FakeLocks } from '../support/fake-locks.ts';

/** What a run leaves behind when it is reported, in order. */
async function finished(
  request: Partial<FinishRequest>,
  letExpire: FinishPorts['letExpire'] = () => Promise.resolve(),
): Promise<{ readonly state: string; readonly left: readonly string[] }> {
  const left: string[] = [];
  const leave = (what: string) => () => Promise.resolve(void left.push(what));
  const units = async function* () {
    for (const phase of ['migrate', 'verify'] as const)
      yield await Promise.resolve(
        afterPage(freshProgress(UNIT, phase), { position: { done: true }, books: EMPTY_BOOKS }),
      );
  };
  const { report } = await finishRun(
    { runId: 'run-3', ...request },
    {
      files: {
        readPlan: () => Promise.resolve(plan({ runId: 'run-3', continues: ['run-2', 'run-1'] })),
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
  return { state: report.state, left };
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

describe('a run that failed', () => {
  it('keeps everything, so that another run can continue it', async () => {
    const { state, left } = await finished({ error: { Error: 'States.Timeout', Cause: '' } });
    expect([state, left.filter(what => what.endsWith('expires'))]).toEqual(['failed', []]);
  });
});
