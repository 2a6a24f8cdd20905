import { latestRuns } from '../../cli/deployment/run-list.ts';
import { statusText } from '../../cli/render/run-status.ts';
import type { ExecutionStatus } from '../../lambda/adapters/run/executions.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { askedRun } from '../../lambda/core/plan/asked-run.ts';

const NOW = Date.parse('2026-11-28T03:10:00.000Z');
const ENDED = {
  ...{ runId: 'orders-migrate-1', state: 'succeeded' as const },
  ...{ startedAt: '2026-11-28T03:00:00.000Z', endedAt: '2026-11-28T03:00:42.000Z' },
};
const INPUT = { job: 'orders', mode: 'migrate' };

type Watch = Parameters<typeof latestRuns>[0];

function watch(run: ExecutionStatus, readReport: () => Promise<Partial<Report> | undefined>): Watch {
  const { input: _, ...summary } = run;
  return {
    executions: { latest: () => Promise.resolve([summary]), status: () => Promise.resolve(run) },
    files: { readReport },
  } as unknown as Watch;
}

const shown = async (
  run: ExecutionStatus,
  readReport = (): Promise<Partial<Report> | undefined> => Promise.resolve({ remaining: 1_012 }),
): Promise<string> => {
  const [one] = await latestRuns(watch(run, readReport), { count: 10, now: NOW });
  return statusText(one!, []);
};

describe('a run in the list', () => {
  it('says job, mode, who started it, when, how long it took, and what remains', async () => {
    expect(await shown({ ...ENDED, input: JSON.stringify(INPUT) })).toContain(
      '  orders migrate, on demand, started 2026-11-28 03:00 UTC, took 42 s, remaining: 1,012',
    );
  });

  it('says for which time its schedule has started it', async () => {
    const input = JSON.stringify({ ...INPUT, scheduled: true, scheduledFor: '2026-11-28T02:59:00Z' });
    expect(await shown({ ...ENDED, input })).toContain(
      'orders migrate, by its schedule for 2026-11-28 02:59 UTC,',
    );
  });

  it('counts until now, and knows nothing of what remains, while it runs', async () => {
    const { endedAt: _, ...running } = ENDED;
    const words = await shown({ ...running, state: 'running', input: JSON.stringify(INPUT) });
    expect(words).toContain('for 10 min now, remaining: unknown');
  });

  it.each([
    ['no report is there', () => Promise.resolve(undefined)],
    ['the report does not know it', () => Promise.resolve({ remaining: null })],
    [
      'the caller may not read reports',
      () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })),
    ],
  ])('never says 0 where %s', async (_, readReport) => {
    expect(await shown(ENDED, readReport)).toContain('remaining: unknown');
  });

  it.each([undefined, 'no JSON', 'null', '[]', '{"job":{},"mode":"no","scheduledFor":"soon"}'])(
    'is listed, whatever its input says: %s',
    input => expect(askedRun(input)).toEqual({ startedBy: 'request' }),
  );
});
