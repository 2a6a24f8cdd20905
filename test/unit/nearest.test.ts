import { didYouMean, nearest, noSuchRun } from '../../cli/deployment/nearest.ts';

const RUNS = [
  'orders-verify-20261102T080000Z-1a2b',
  'orders-migrate-20261101T080000Z-77aa',
  'payments-census-20261001T080000Z-0c0c',
];
const watching = (
  latest: () => Promise<readonly { readonly runId: string }[]>,
): Parameters<typeof noSuchRun>[1] => ({ executions: { latest } }) as never;

describe('the nearest name', () => {
  it.each([
    ['a letter that is missing', 'oders', ['payments', 'orders'], 'orders'],
    ['two that are swapped', 'paymetns', ['payments', 'orders'], 'payments'],
    ['a beginning', 'pay', ['orders', 'payments'], 'payments'],
    ['a job, of runs that are sorted', 'orders', RUNS, RUNS[0]],
    ['a run with another end', 'orders-migrate-20261101T080000Z-77ab', RUNS, RUNS[1]],
  ])('of %s', (_, name, names, meant) => expect(nearest(name, names)).toBe(meant));

  it.each([
    ['another word', 'customers', ['orders', 'payments']],
    ['nothing', '', ['orders']],
    ['anything, where there are none', 'orders', []],
  ])('is none for %s', (_, name, names) => {
    expect(nearest(name, names)).toBeUndefined();
    expect(didYouMean(name, names)).toBe('');
  });
});

describe('a run that there is not', () => {
  it('is told with the one that may be meant', async () =>
    expect(
      await noSuchRun(
        'orders',
        watching(() => Promise.resolve(RUNS.map(runId => ({ runId })))),
      ),
    ).toBe(`there is no run orders; did you mean ${RUNS[0]}? rewrap status lists the latest`));

  it('is told without it if runs cannot be listed', async () =>
    expect(
      await noSuchRun(
        'orders',
        watching(() => Promise.reject(new Error('denied'))),
      ),
    ).toBe('there is no run orders; rewrap status lists the latest'));
});
