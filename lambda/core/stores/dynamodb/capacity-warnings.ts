import type { Limits } from '../../model/job.ts';
import type { RunMode } from '../../model/run.ts';
import type { StoreUnits } from '../store.ts';
import type { TableCapacity } from './catalog.ts';

/**
 * A quarter of what the table has. What its applications use of it is not known; tables are often provisioned so that these use
 * up to 70 %, where auto scaling adds capacity. With a quarter more, 95 % are used, and nobody is throttled.
 */
const PROPOSED_SHARE = 1 / 4;

interface Bounded {
  readonly mode: RunMode;
  readonly capacity: TableCapacity | undefined;
  readonly limits: Limits;
  /** What the run takes of this table, a migration with its verify pass. */
  readonly units: StoreUnits;
}

/** What to say of a table that has a limit of its own: which share of it a run might take, and how long it takes with that. */
export function capacityWarnings({ mode, capacity, limits, units }: Bounded): readonly string[] {
  if (capacity === undefined) return [];
  const { reads } = capacity;
  // The source of a copy is only read.
  const writes = units.writes === 0 ? undefined : capacity.writes;
  const { readCapacityPerSecond: readLimit, writeCapacityPerSecond: writeLimit } = limits;
  const missing = {
    ...(writes !== undefined && writeLimit === undefined && { writeCapacityPerSecond: shareOf(writes) }),
    ...(reads !== undefined && readLimit === undefined && { readCapacityPerSecond: shareOf(reads) }),
  };
  return [
    ...(Object.keys(missing).length === 0 ? [] : [proposal(capacity, missing, { units, mode })]),
    ...above('write', writeLimit, writes),
    ...above('read', readLimit, reads),
  ];
}

function shareOf(units: number): number {
  return Math.max(1, Math.floor(units * PROPOSED_SHARE));
}

function proposal(
  capacity: TableCapacity,
  missing: Pick<Limits, 'readCapacityPerSecond' | 'writeCapacityPerSecond'>,
  { units, mode }: Pick<Bounded, 'units' | 'mode'>,
): string {
  const { writeCapacityPerSecond: writes, readCapacityPerSecond: reads } = missing;
  const seconds = Math.max(
    writes === undefined ? 0 : units.writes / writes,
    reads === undefined ? 0 : units.reads / reads,
  );
  const run = mode === 'migrate' ? 'a migration with verify pass' : `a ${mode} run`;
  const fields = Object.entries(missing).map(([name, value]) => `"${name}": ${value}`);
  return `${hasWords(capacity)}, which its applications use, too, and this job has no limit of its own there: it slows down only once the table throttles. Write "limits": { ${fields.join(', ')} } to take a quarter of it; ${run} then takes at least ${Math.ceil(seconds).toLocaleString('en-US')} s here`;
}

function hasWords({ kind, reads, writes }: TableCapacity): string {
  const units = [
    ...(reads === undefined ? [] : [`${reads} read units`]),
    ...(writes === undefined ? [] : [`${writes} write units`]),
  ];
  const words = units.join(' and ');
  return kind === 'provisioned'
    ? `the table has ${words} a second`
    : `the table takes at most ${words} a second`;
}

function above(
  what: 'read' | 'write',
  limit: number | undefined,
  has: number | undefined,
): readonly string[] {
  return limit === undefined || has === undefined || limit <= has
    ? []
    : [
        `limits.${what}CapacityPerSecond is ${limit}, and the table has ${has}: a run and the table's applications would be throttled; write less than what is left of it`,
      ];
}
