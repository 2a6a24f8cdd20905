import type { Phase, RunMode } from '../../core/model/run.ts';

/**
 * Where each kind of item lies in the ledger table, whose partition key is `run` and whose sort key is `item`. Ledgers of
 * earlier versions are read, so neither keys nor attributes may change.
 *
 * | kind            | `run`          | `item`           | attributes                                                        |
 * | --------------- | -------------- | ---------------- | ----------------------------------------------------------------- |
 * | `control`       | the run's id   | `CONTROL`        | `leaseUntil`, `paused`, `kmsRequestsPerSecond`, `trouble`,        |
 * |                 |                |                  | `readCapacityPerSecond`, `writeCapacityPerSecond`,                |
 * |                 |                |                  | `brokenPremise`, `succeeded`, `fencedAt`, `verifying`, `expiresAt` |
 * | `unit`          | the run's id   | `PHASE#UNIT`     | `progress` (JSON), `pages`, `writer`, `expiresAt`                 |
 * | `lastMigration` | `STORE#PLACE`  | `LAST-MIGRATION` | `migration` (JSON)                                                |
 * | `latestRun`     | `JOB#NAME`     | `LATEST#MODE`    | `latest` (JSON), `finished` (JSON), `contradictions`              |
 * | `schedule`      | `JOB#NAME`     | `SCHEDULE`       | `schedule` (digest), `since`; beside others NAME has `:MODE`      |
 * | `proof`         | `PROOFS`       | the proof's id   | `proof` (JSON)                                                    |
 * | `follow`        | `FOLLOWS`      | `job:NAME`       | `follow` (JSON), `since`, `lateAt`, `lookedAt`, `leftAt`,         |
 * |                 |                |                  | `endedAt`, `withdrawnAt`, `late:KEYARN`                           |
 * | `lock`          | `LOCKS`        | table or bucket  | `holders` (JSON), `followers` (JSON), `version`                   |
 * | `share`         | `KMS#REGION`,  | a slot           | `lease` (JSON, or NULL when it is given back), `version`,         |
 * |                 | `TABLE#PLACE`  |                  | `expiresAt`                                                       |
 *
 * No two kinds share a key. A run's id is the name of an execution, which has neither `#` nor `:` in it. A run may be
 * named LOCKS, PROOFS or FOLLOWS; the items of these partitions begin with a type of store, or `job`, and a colon, those of a run never do.
 */
export type LedgerKey = { readonly run: { readonly S: string }; readonly item: { readonly S: string } };

const CONTROL = 'CONTROL';
const OF_JOB = 'job:';
const PHASES: Readonly<Record<Phase, true>> = { migrate: true, verify: true, rollback: true };

export const ledgerPartition = {
  run: (runId: string) => runId,
  lastMigration: (place: string) => `STORE#${place}`,
  latestRuns: (job: string) => `JOB#${job}`,
  proofs: () => 'PROOFS',
  locks: () => 'LOCKS',
  follows: () => 'FOLLOWS',
  /** A Region of KMS, or a table, whose name has a slash in it. */
  shares: (shared: string) => (shared.includes('/') ? `TABLE#${shared}` : `KMS#${shared}`),
} as const;

export const ledgerKey = {
  control: (runId: string) => key(ledgerPartition.run(runId), CONTROL),
  unit: (runId: string, unit: { readonly phase: Phase; readonly unitId: string }) =>
    key(ledgerPartition.run(runId), `${unit.phase}#${unit.unitId}`),
  lastMigration: (place: string) => key(ledgerPartition.lastMigration(place), 'LAST-MIGRATION'),
  latestRun: (job: string, mode: RunMode) => key(ledgerPartition.latestRuns(job), `LATEST#${mode}`),
  schedule: (job: string) => key(ledgerPartition.latestRuns(job), 'SCHEDULE'),
  follow: (job: string) => key(ledgerPartition.follows(), `${OF_JOB}${job}`),
  proof: (id: string) => key(ledgerPartition.proofs(), id),
  lock: (resource: string) => key(ledgerPartition.locks(), resource),
  share: (region: string, slot: string) => key(ledgerPartition.shares(region), slot),
} as const;

export interface ItemOfRun {
  readonly kind: 'control' | 'unit';
  readonly key: LedgerKey;
}

/** Which item of a run lies in its partition under a sort key; undefined if that item is of another kind. */
export function itemOfRun(runId: string, item: string): ItemOfRun | undefined {
  const [phase = '', unitId] = item.split('#');
  const isUnit = unitId !== undefined && Object.hasOwn(PHASES, phase);
  if (item !== CONTROL && !isUnit) return undefined;
  return { kind: isUnit ? 'unit' : 'control', key: key(ledgerPartition.run(runId), item) };
}

/** Whose follower an item is about. */
export function followedJob(item: string): string {
  return item.slice(OF_JOB.length);
}

function key(run: string, item: string): LedgerKey {
  return { run: { S: run }, item: { S: item } };
}
