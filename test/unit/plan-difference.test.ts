import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { planDifferences } from '../../lambda/core/plan/plan-difference.ts';
import { plan } from '../support/builders.ts';

const SHOWN: RunPlan = {
  ...plan(),
  estimate: { ...plan().estimate, dataKeys: 1_000 },
  warnings: ['12,034 objects are archived'],
};
const later = (changes: Partial<RunPlan>): readonly string[] =>
  planDifferences(SHOWN, { ...SHOWN, startedAt: '2026-11-27T12:00:00Z', ...changes });

describe('a plan that was shown', () => {
  it('is the same a moment later', () => expect(later({})).toEqual([]));

  it('is the same if its stores have grown a little, and are cut otherwise', () =>
    expect(
      later({
        ...{ units: SHOWN.units + 3, warnings: ['12,090 objects are archived'] },
        estimate: { ...SHOWN.estimate, dataKeys: 1_090 },
      }),
    ).toEqual([]));

  it.each<readonly [string, Partial<RunPlan>, string]>([
    [
      'the destination is another key',
      { destination: { ...SHOWN.destination, keyArn: 'arn:aws:kms:us-east-1:111122223333:key/other' } },
      `destination.keyArn: ${JSON.stringify(SHOWN.destination.keyArn)} when it was shown, "arn:aws:kms:us-east-1:111122223333:key/other" now`,
    ],
    [
      'a key has been rotated',
      {
        keyMaterials: [{ keyArn: SHOWN.destination.keyArn, keyMaterialId: 'f'.repeat(64), state: 'CURRENT' }],
      },
      'keyMaterials[0]: nothing when it was shown',
    ],
    ['the job was deployed anew', { jobDigest: 'another' }, 'jobDigest: '],
    [
      'another run has to be continued',
      { continues: ['orders-migrate-1'] },
      'continues: nothing when it was shown',
    ],
    [
      'its rate is another',
      { limits: { ...SHOWN.limits, kmsRequestsPerSecond: 7 } },
      'limits.kmsRequestsPerSecond: ',
    ],
    [
      'there is much more to do',
      { estimate: { ...SHOWN.estimate, dataKeys: 1_101 } },
      'estimate.dataKeys: 1000 when it was shown, 1101 now',
    ],
    [
      'there is much less to do',
      { estimate: { ...SHOWN.estimate, dataKeys: 0 } },
      'estimate.dataKeys: 1000 when it was shown, 0 now',
    ],
    [
      'there is a warning of another kind',
      { warnings: [...SHOWN.warnings, 'the key is being deleted'] },
      'new warning: the key is being deleted',
    ],
  ])('has changed if %s', (_, changes, line) =>
    expect(later(changes)).toEqual([expect.stringContaining(line)]),
  );
});
