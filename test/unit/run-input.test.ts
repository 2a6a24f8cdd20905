import { formatProblem } from '../../lambda/core/model/problem.ts';
import { parseRunInput } from '../../lambda/core/plan/run-input.ts';
import { job } from '../support/builders.ts';

const jobs = [job(), job({ name: 'invoices' })];

function refusal(input: unknown): readonly string[] {
  const parsed = parseRunInput(input, jobs);
  return parsed.kind === 'input' ? [] : parsed.problems.map(formatProblem);
}

describe('an execution input', () => {
  it('takes the limits of its job', () => {
    const parsed = parseRunInput({ job: 'orders', mode: 'migrate' }, jobs);
    expect(parsed).toMatchObject({ kind: 'input', input: { mode: 'migrate', limits: job().limits } });
  });

  it('may lower a limit', () => {
    const parsed = parseRunInput(
      { job: 'orders', mode: 'census', limits: { kmsRequestsPerSecond: 10 } },
      jobs,
    );
    expect(parsed).toMatchObject({ input: { limits: { ...job().limits, kmsRequestsPerSecond: 10 } } });
  });

  it.each([
    [
      'names no job of the deployment',
      { job: 'order', mode: 'migrate' },
      'job = "order": is no job of this deployment; write one of: orders, invoices',
    ],
    [
      'rolls back a run of a job that is gone',
      { job: 'order', mode: 'rollback', run: 'order-1' },
      'job = "order": is no job of this deployment any more, so that no role may write to its stores; put its job file back under this name, deploy, and roll back',
    ],
    [
      'raises a limit',
      { job: 'orders', mode: 'migrate', limits: { maxConcurrency: 5 } },
      'limits.maxConcurrency = 5: is above the limit 4 of the job orders',
    ],
    [
      'has a mode that is none',
      { job: 'orders', mode: 'rotate' },
      'mode = "rotate": is not one of the allowed values; write census or migrate or verify',
    ],
    ['has no mode', { job: 'orders' }, 'mode: is missing; add it'],
    [
      'has an unknown field',
      { job: 'orders', mode: 'migrate', dryrun: true },
      "has no field 'dryrun'; did you mean 'dryRun'",
    ],
    [
      'is a dry run that would write',
      { job: 'orders', mode: 'migrate', dryRun: true },
      'dryRun = true: changes nothing, and migrate is not a census; write mode census',
    ],
    [
      'has more grant tokens than KMS takes',
      { job: 'orders', mode: 'migrate', grantTokens: Array.from({ length: 11 }, String) },
      'grantTokens: are more than KMS takes; write at most 10',
    ],
    [
      'samples nothing',
      { job: 'orders', mode: 'census', sample: 0 },
      'sample = 0: is out of bounds; write a whole number of records from 1',
    ],
  ])('is refused when it %s', (_, input, words) => {
    expect(refusal(input)).toEqual([expect.stringContaining(words)]);
  });
});
