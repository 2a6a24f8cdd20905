import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import { OLD_KEY } from '../support/builders.ts';
import { ENDED, PLACE, proof } from '../support/proofs.ts';

const DAY = 86_400_000;

describe('a table that can be restored to any second of 35 days', () => {
  const after = (days: number): RetireAdvice =>
    retireCheck({
      key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false },
      usage: { kind: 'unused', since: 0, olderThanThat: false },
      stores: [
        {
          ...{ place: PLACE, slot: 'edk', job: 'orders', keyArn: OLD_KEY },
          evidence: { kind: 'proven', proofs: [proof()] },
          backups: { pointInTimeRecovery: true, replicaRegions: [], noncurrentVersions: false },
        },
      ],
      ...{ destinationOf: [], now: ENDED + days * DAY },
    });

  it('holds old data keys until these days are over since the run that proved it, and not for ever', () => {
    expect([after(34.9).verdict, after(35.1).verdict]).toEqual(['wait', 'disable']);
    expect(
      after(35.1)
        .findings.map(({ words }) => words)
        .join(),
    ).toContain(
      'point-in-time recovery reaches back 35 days at most, and no data key was left at 2026-11-21T00:00:00.000Z: a table restored by it needs this key no more; on-demand backups and exports do, for as long as you keep them',
    );
  });
});
