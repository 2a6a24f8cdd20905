import type { KnownFollow } from '../../lambda/core/follow/ports.ts';
import { retireCheck, type RetireFacts } from '../../lambda/core/retire/retire-check.ts';
import { FOREIGN_KEY, OLD_KEY } from '../support/builders.ts';
import { ENDED, PLACE, proof } from '../support/proofs.ts';

describe('a data key that was late', () => {
  const BEGAN = ENDED - 3_600_000;
  const proven = proof({ startedAt: new Date(BEGAN).toISOString() });
  const facts = (follows: readonly KnownFollow[]): RetireFacts => ({
    key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false },
    usage: { kind: 'unused', since: 0, olderThanThat: false },
    stores: [
      {
        ...{ place: PLACE, slot: 'edk', job: 'orders', keyArn: OLD_KEY },
        evidence: { kind: 'proven', proofs: [proven] },
        backups: { pointInTimeRecovery: false, replicaRegions: [], noncurrentVersions: false },
      },
    ],
    ...{ destinationOf: [], follows, now: ENDED + 86_400_000 },
  });
  const follow = (
    lateAt: number,
    late: Readonly<Record<string, number>> = { [OLD_KEY]: 3 },
  ): KnownFollow => ({
    job: 'orders',
    state: { since: 0, lateAt, late },
  });

  it('since its store was proven makes the answer wait, because somebody still writes under the key', () => {
    const { verdict, findings } = retireCheck(facts([follow(BEGAN + 1_000)]));
    expect(verdict).toBe('wait');
    expect(findings.find(({ weight }) => weight === 'waits')).toMatchObject({
      about: 'late writes',
      words:
        'the follower of the job orders has found 3 data keys under this key, and one was late at 2026-11-20T23:00:01.000Z, since the job was last proven: a writer still uses it, or old records were put back; find it, and then rewrap run orders --mode verify',
    });
  });

  it('before that, or under another key, is in the proof', () => {
    expect(retireCheck(facts([follow(BEGAN - 1)])).verdict).toBe('disable');
    expect(retireCheck(facts([follow(BEGAN + 1_000, { [FOREIGN_KEY]: 3 })])).verdict).toBe('disable');
    expect(retireCheck(facts([])).verdict).toBe('disable');
  });

  it('of a job that has no proven store makes it wait as well', () => {
    const other = { ...follow(BEGAN + 1_000), job: 'renamed' };
    expect(retireCheck(facts([other])).verdict).toBe('wait');
  });
});
