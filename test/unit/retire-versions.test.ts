import type { NoncurrentVersions } from '../../lambda/core/model/noncurrent-versions.ts';
import { retireCheck, type RetireAdvice } from '../../lambda/core/retire/retire-check.ts';
import { OLD_KEY } from '../support/builders.ts';
import { ENDED, placeAt, proof } from '../support/proofs.ts';

/** What retire-check says of a bucket that was proven, where nothing else stands against retiring the key. */
function advice(versions: NoncurrentVersions): RetireAdvice {
  const place = placeAt('s3:us-east-1:documents/2026/');
  return retireCheck({
    key: { arn: OLD_KEY, state: 'Enabled', multiRegion: false },
    usage: { kind: 'used', at: ENDED - 60_000, operation: 'ReEncrypt', eventId: 'e-1' },
    stores: [
      {
        ...{ place, slot: 'edk', job: 'orders', keyArn: OLD_KEY },
        evidence: { kind: 'proven', proofs: [proof({ place })] },
        backups: {
          ...{ pointInTimeRecovery: false, replicaRegions: [] },
          noncurrentVersions: versions.kind !== 'none-possible',
          versions,
        },
      },
    ],
    destinationOf: [],
    now: ENDED + 7_200_000,
  });
}
const counted = (versions: number, complete: boolean): NoncurrentVersions => ({
  ...{ kind: 'counted', deleteMarkers: 2, versions, complete },
});

describe('noncurrent versions of a proven bucket', () => {
  it.each<[string, NoncurrentVersions, string]>([
    [
      'of that number',
      counted(1_234, true),
      '1,234 noncurrent versions (and 2 delete markers) of its objects',
    ],
    ['of which not all were counted', counted(5, false), 'at least 5 noncurrent versions'],
    [
      'of which a part of the listing showed none',
      counted(0, false),
      'noncurrent versions (none in the part of the listing that was counted)',
    ],
    [
      'that nobody could count',
      { kind: 'not-counted', words: 'AccessDenied' },
      'noncurrent versions of its objects may hold old data keys',
    ],
  ])('%s keep the key', (_, versions, words) => {
    const { verdict, findings } = advice(versions);
    expect(verdict).toBe('wait');
    expect(findings.map(one => `${one.weight} ${one.words}`)).toContainEqual(
      expect.stringContaining(`waits ${words}`),
    );
  });

  it.each<[string, NoncurrentVersions]>([
    ['the whole listing shows none', counted(0, true)],
    ['the bucket was never versioned', { kind: 'none-possible' }],
  ])('keep no key where %s', (_, versions) => {
    expect(advice(versions).verdict).toBe('disable');
  });
});
