import { lookIntervalMs } from '../../lambda/core/rate/look-interval.ts';
import { ledgerKey } from '../../lambda/adapters/state/ledger-keys.ts';

/** What DynamoDB counts of a lease: names and values of its item (the strings' bytes; numbers take less than their digits). */
function bytesOfLease(): number {
  const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const key = ledgerKey.share('ap-southeast-2', 'abcdefgh');
  const lease = JSON.stringify({
    ...{ runId: id, work: 'rollback#u00001', holder: id },
    ...{ runRate: 100_000, share: 99.876_543_210_123_45, until: 1_795_811_400_000 },
  });
  const values = [key.run.S, key.item.S, lease, '1234', '1795811400'];
  return ['run', 'item', 'lease', 'version', 'expiresAt', ...values].join('').length;
}

describe('how often the leases are read', () => {
  it.each([16, 100, 500, 1_000, 2_000, 10_000])(
    'keeps %d workers within two thirds of what one partition of DynamoDB reads in a second',
    workers => {
      const readUnits = Math.ceil((workers * bytesOfLease()) / 4_096);
      const looksPerSecond = (workers * 1_000) / lookIntervalMs(workers);
      expect(looksPerSecond * readUnits).toBeLessThanOrEqual(2_000);
    },
  );

  it('is before every page of twenty seconds, in a run of sixteen workers', () => {
    expect(lookIntervalMs(16)).toBeLessThan(1_000);
  });
});
