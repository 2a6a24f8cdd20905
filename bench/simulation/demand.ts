import { lookIntervalMs } from '../../lambda/core/rate/look-interval.ts';
import type { Calibration } from './calibration.ts';
import { LIMITS } from './limits.ts';
import { ASKED_BY_CHANCE, VERIFY_READS, type Pass } from './page.ts';
import type { Profile } from './profiles.ts';
import type { Cut } from './units.ts';

/** Everything that may be the first to say no, and what it takes per second. */
export function capacities({ kmsQuota, rate }: Profile) {
  return {
    'KMS quota': kmsQuota,
    'rate of the job': rate,
    'verify reads of a table': VERIFY_READS,
    'writes of the busiest table': LIMITS.tableWrites,
    'writes of the busiest partition of a table': LIMITS.partitionWrites,
    'reads of the busiest table': LIMITS.tableReads,
    'reads of the busiest partition of a table': LIMITS.partitionReads,
    'writes under the prefix': LIMITS.prefixWrites,
    'reads under the prefix': LIMITS.prefixReads,
    'ledger: reads of a run (CONTROL)': LIMITS.partitionReads,
    'ledger: writes of a run (checkpoints)': LIMITS.partitionWrites,
    'ledger: reads of the leases': LIMITS.partitionReads,
    'journal: writes under intents/ or outcomes/': LIMITS.prefixWrites,
    'journal: reads under outcomes/': LIMITS.prefixReads,
    'children started': LIMITS.childrenStarted,
    'state transitions': LIMITS.transitions,
  } as const;
}

export type Resource = keyof ReturnType<typeof capacities>;
export type Demand = Readonly<Record<Resource, number>>;

/** What the fleet does in a second, if nothing says no. */
export interface Speed {
  readonly workers: number;
  readonly dataKeys: number;
  readonly pages: number;
  /** Workers that begin a unit. */
  readonly joining: number;
}

const READ_UNIT = 4_096;
const WRITE_UNIT = 1_024;
/** A worker reads the leases twice to take a share: before it writes what it wants, and after. */
const READS_TO_JOIN = 2;
/** Of a child: started, worker, done, end. */
const TRANSITIONS_OF_A_UNIT = 4;
/** A worker reads its checkpoint twice and the control item twice before its first page. */
const READS_OF_A_UNIT = 4;

function readUnitsOfLeases(leases: number, { leaseBytes }: Calibration): number {
  return Math.max(1, Math.ceil((leases * leaseBytes) / READ_UNIT));
}

/** What one more worker reads, beside so many, to take its share. */
export function readsOfJoining(workers: number, calibration: Calibration): number {
  return READS_TO_JOIN * readUnitsOfLeases(workers, calibration);
}

/** What workers read in a second that have a share and look whether it is still theirs. No page takes less than a second. */
export function readsOfLooks(workers: number, calibration: Calibration): number {
  if (workers === 0) return 0;
  const seconds = Math.max(1, lookIntervalMs(workers) / 1_000);
  return (workers / seconds) * readUnitsOfLeases(workers, calibration);
}

export function demand(profile: Profile, pass: Pass, { cut, calibration, speed }: Asked): Demand {
  const { workers, dataKeys, pages, joining } = speed;
  const migrates = pass === 'migrate' ? 1 : 0;
  const [table, bucket] = profile.store === 'table' ? [1, 0] : [0, 1];
  const byJournal = pass === 'by journal';
  const asked = byJournal ? ASKED_BY_CHANCE * dataKeys : dataKeys;
  // Objects are visited no faster than KMS may be asked.
  const held = byJournal && table === 1 ? asked : dataKeys;
  const writes = table * migrates * dataKeys * Math.ceil(profile.itemBytes / WRITE_UNIT);
  // A Scan counts bytes; the verify pass reads strongly consistent, at twice the price.
  const reads = ((table * dataKeys * profile.itemBytes) / READ_UNIT) * (migrates === 1 ? 0.5 : 1);
  const checkpoint = Math.ceil(calibration.checkpointBytes / WRITE_UNIT);
  return {
    'KMS quota': asked,
    'rate of the job': held,
    'verify reads of a table': byJournal ? reads * cut.inOneTable : 0,
    'writes of the busiest table': writes * cut.inOneTable,
    'writes of the busiest partition of a table': writes * cut.inOnePartition,
    'reads of the busiest table': reads * cut.inOneTable,
    'reads of the busiest partition of a table': reads * cut.inOnePartition,
    'writes under the prefix': bucket * migrates * dataKeys,
    // A HEAD of each object, and a listing for each page.
    'reads under the prefix': bucket * (dataKeys + pages),
    'ledger: reads of a run (CONTROL)': pages + READS_OF_A_UNIT * joining,
    'ledger: writes of a run (checkpoints)': pages * checkpoint,
    'ledger: reads of the leases':
      readsOfLooks(workers, calibration) + joining * readsOfJoining(workers, calibration),
    'journal: writes under intents/ or outcomes/': migrates * pages,
    'journal: reads under outcomes/': (1 - migrates) * pages,
    'children started': joining,
    'state transitions': TRANSITIONS_OF_A_UNIT * joining,
  };
}

export interface Asked {
  readonly cut: Cut;
  readonly calibration: Calibration;
  readonly speed: Speed;
}
