import type { TableDescription } from './catalog.ts';

/** As Plan proposes it for limits (capacity-warnings.ts). */
const SHARE = 1 / 4;
/** DynamoDB developer guide, "on-demand capacity mode": what a new table takes at once. One that has grown says so itself. */
const READS_OF_A_NEW_TABLE = 12_000;

/**
 * Read units a second that a verify pass takes of a table at most, where the job has no limit. A pass that rests on the journal asks
 * KMS about few data keys, so no rate holds it: it would read as fast as it can, and leave the table's applications what is left.
 */
export function verifyReadsOf({
  capacity,
  warmReads = READS_OF_A_NEW_TABLE,
}: Pick<TableDescription, 'capacity' | 'warmReads'>): number {
  return Math.max(1, Math.floor((capacity?.reads ?? warmReads) * SHARE));
}
