import { sharedRegions, usesOf } from '../../lambda/core/rate/region-use.ts';
import type { Lease, Slot } from '../../lambda/core/rate/lease.ts';
import { NEW_KEY, plan, planned } from '../support/builders.ts';
import { planOf, REQUEST } from '../support/plan-ports.ts';

const NOW = REQUEST.now;

function slot(id: string, changes: Partial<Lease>): Slot {
  const lease: Lease = {
    ...{ runId: 'other', work: `migrate#${id}`, holder: id },
    ...{ runRate: 400, share: 25, until: NOW + 1 },
    ...changes,
  };
  return { id, version: 1, lease };
}

const AT_WORK = {
  read: (region: string) =>
    Promise.resolve(
      region === 'us-east-1'
        ? [
            slot('a', {}),
            slot('b', { share: 0 }),
            slot('c', { runId: 'run-1', share: 10 }),
            slot('d', { runId: 'run-1', share: 20.5 }),
            slot('e', { runId: 'run-1', share: 0 }),
            slot('f', { runId: 'over', until: NOW }),
            { id: 'g', version: 2 },
          ]
        : [],
    ),
};

describe('the use of KMS', () => {
  it('is shown by Region: the busy workers of a run, their shares, and the rates of other runs', async () => {
    const elsewhere = planned(NEW_KEY.replace('us-east-1', 'eu-west-1'));
    expect(await usesOf(plan({ destination: elsewhere }), AT_WORK, NOW)).toEqual([
      {
        region: 'us-east-1',
        workers: 2,
        requestsPerSecond: 30.5,
        others: [{ runId: 'other', requestsPerSecond: 400 }],
      },
      { region: 'eu-west-1', workers: 0, requestsPerSecond: 0, others: [] },
    ]);
    expect(await usesOf(plan({ mode: 'rollback' }), AT_WORK, NOW)).toEqual([]);
  });

  it('by another run makes Plan warn, with what both use together', async () => {
    const { warnings } = await planOf({ shares: AT_WORK });
    expect(warnings).toContainEqual(
      'KMS in us-east-1 is also used by other (400 requests a second): until they end, all of them together keep to 500 requests a second, in equal parts, and this run takes longer than estimated',
    );
    expect(sharedRegions(await usesOf(plan(), AT_WORK, NOW), 100)).toEqual([
      expect.stringContaining('keep to 400 requests a second'),
    ]);
    expect((await planOf({})).warnings).toEqual([]);
  });
});
