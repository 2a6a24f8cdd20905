/**
 * The item of a lease has some 250 bytes with ids of 36 characters in it, and 300 with the longest name of an execution, which
 * has 80.
 */
const LEASE_BYTES = 300;
const READ_UNIT_BYTES = 4_096;
/**
 * One partition of DynamoDB reads 3,000 units a second. Two thirds are for workers that look again; the rest is for those that
 * come, each of which reads the leases twice.
 */
const READS_PER_SECOND = 2_000;
/** Up to 400 workers together look once in 15 ms. */
const LEAST_MS_PER_SLOT = 15;

/**
 * How long a worker keeps to its share before it looks at the leases again. Twice as many workers read twice as many leases, so
 * the time grows with the square of them: 16 wait 0.2 s, so they look before every page, 400 wait 6 s, 1,000 wait 37 s.
 */
export function lookIntervalMs(slots: number): number {
  const readUnits = Math.ceil((slots * LEASE_BYTES) / READ_UNIT_BYTES);
  return slots * Math.max(LEAST_MS_PER_SLOT, (1_000 * readUnits) / READS_PER_SECOND);
}
