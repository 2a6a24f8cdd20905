import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import type { PastRuns } from '../../lambda/core/plan/ports.ts';
import { OLD_KEY, plan, UNIT } from '../support/builders.ts';
import { key, keys, ports, refusal, REQUEST } from '../support/plan-ports.ts';

const INPUT = { job: 'orders', mode: 'rollback', run: 'run-0' };
const NOW = REQUEST.now;
const MINUTE = 60_000;

const past = (changes: Partial<PastRuns> = {}, of: Partial<RunPlan> = {}): PastRuns => ({
  plan: () => Promise.resolve(plan({ runId: 'run-0', sample: 5, ...of })),
  units: () => Promise.resolve([{ ...UNIT, runId: 'run-0', maxRecords: 5, plaintext: true as const }]),
  report: () => Promise.resolve(undefined),
  fence: () => Promise.resolve({ succeeded: true, fencedAt: NOW }),
  lastPageAt: () => Promise.resolve(NOW),
  ...changes,
});

describe('planning a rollback', () => {
  it('takes over the complete units and stores of the run that it undoes, and does not ask KMS', async () => {
    const planned = await planRun({ ...REQUEST, input: INPUT }, ports({ pastRuns: past() }));
    expect(planned.plan).toMatchObject({
      runId: 'run-1',
      mode: 'rollback',
      rollsBack: 'run-0',
      verify: false,
      estimate: { kmsRequests: 0 },
    });
    expect(planned.plan).not.toHaveProperty('sample');
    expect(planned.units).toEqual([{ ...UNIT, runId: 'run-1' }]);
    expect(planned.plan.warnings.join()).toContain(
      `data keys go back to ${OLD_KEY}, which must stay enabled`,
    );
  });

  it('is held for as long as its own workers may take, whatever those of the run could', async () => {
    const pastRuns = past({}, { workerTimeoutSeconds: 120 });
    const { plan: rollback } = await planRun({ ...REQUEST, input: INPUT }, ports({ pastRuns }));
    expect(rollback.workerTimeoutSeconds).toBe(REQUEST.workerTimeoutSeconds);
  });

  it('says that what a follower has moved since stays, where there was one', async () => {
    const known = (...ids: readonly string[]): PastRuns =>
      past({ plan: id => Promise.resolve(ids.includes(id) ? plan({ runId: id }) : undefined) });
    const warned = async (...ids: readonly string[]): Promise<string> =>
      (await planRun({ ...REQUEST, input: INPUT }, ports({ pastRuns: known(...ids) }))).plan.warnings.join();
    expect(await warned('run-0', 'run-0-follow')).toContain('roll run-0-follow back, too');
    expect(await warned('run-0')).not.toContain('follow');
  });

  it.each([
    [
      'a run that was never planned',
      past({ plan: () => Promise.resolve(undefined) }),
      'run = "run-0": is no run of this deployment',
    ],
    ['a run of another job', past({}, { job: 'invoices' }), 'is a run of the job invoices, not of orders'],
    [
      'a census',
      past({}, { mode: 'census' }),
      'is a census and changed nothing: there is nothing to roll back',
    ],
  ])('is refused for %s', async (_, pastRuns, words) => {
    expect(await refusal({ pastRuns }, { input: INPUT })).toContain(words);
  });

  it('is refused while a worker of a run that did not finish may still be writing', async () => {
    const fencedAgo = (minutes: number): PastRuns =>
      past({ fence: () => Promise.resolve({ succeeded: false, fencedAt: NOW - minutes * MINUTE }) });
    expect(await refusal({ pastRuns: fencedAgo(0) }, { input: INPUT })).toContain(
      `start the rollback again after ${new Date(NOW + 15.5 * MINUTE).toISOString()}`,
    );
    expect(await refusal({ pastRuns: fencedAgo(15) }, { input: INPUT })).toContain('may still be writing');
    expect(await refusal({ pastRuns: fencedAgo(15.5) }, { input: INPUT })).toBe('not refused');
  });

  it('asks about source keys with the aliases that the run knew them by: roles may be granted them by these', async () => {
    const alias = 'arn:aws:kms:us-east-1:111122223333:alias/old';
    const [source] = plan().sources;
    const of = { sources: [{ ...source!, alsoKnownAs: [alias] }] };
    const describeKey = jest.fn((arn: string) => Promise.resolve(key(arn)));
    const planned = ports({ keys: keys({ describeKey }), pastRuns: past({}, of) });
    await planRun({ ...REQUEST, input: INPUT }, planned);
    expect(describeKey).toHaveBeenCalledWith(OLD_KEY, [alias]);
  });

  it('is refused while a source key is disabled: nobody could open what it puts back', async () => {
    const disabled = keys({ describeKey: arn => Promise.resolve(key(arn, { state: 'Disabled' })) });
    const fence = jest.fn<ReturnType<PastRuns['fence']>, []>();
    expect(await refusal({ keys: disabled, pastRuns: past({ fence }) }, { input: INPUT })).toBe(
      `source.keys = "${OLD_KEY}": is disabled; enable it for the duration of the run`,
    );
    // A rollback that does not take place must not stop any part of a run.
    expect(fence).not.toHaveBeenCalled();
  });

  it.each([
    [{ job: 'orders', mode: 'rollback' }, 'run: is missing; add the id of the run to roll back'],
    [{ job: 'orders', mode: 'migrate', run: 'run-0' }, 'run = "run-0": is for the mode rollback'],
  ])('needs a run, and no other mode takes one: %j', async (input, words) => {
    expect(await refusal({}, { input })).toContain(words);
  });
});
