import { parseJob } from '../../lambda/core/job/parse-job.ts';
import { configureFormat } from '../../lambda/core/job/bind-format.ts';
import type { IntentEntry, OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import type { Job, Store } from '../../lambda/core/model/job.ts';
import type { TableStore } from '../../lambda/core/stores/dynamodb/schema.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type {
  IntentArchive,
  Journal,
  JournalledOutcome,
  JournalledPage,
  JournalPage,
  OutcomeArchive,
  ReadIntents,
} from '../../lambda/core/journal/ports.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit } from '../../lambda/core/verify/verify-unit.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { plan as planOf, planned } from '../support/builders.ts';
import { FakeLedger } from '../support/fake-ports.ts';
import { ALONE } from '../support/fake-shares.ts';
import { KeyServiceOf } from './key-service.ts';
import { RSA_BYTES, type IndependentKms } from './kms.ts';
import { RSA_KEY, type LifeJob } from './life-jobs.ts';
import { MemoryStore, type Row } from './memory-store.ts';
import { UNHEARD } from '../support/telemetry.ts';

export type LifeMode = 'migrate' | 'verify' | 'census' | 'rollback';

/** What a run of a life leaves behind, for its rollback and for retire-check. */
export interface LifeRun {
  readonly plan: RunPlan;
  readonly report: Report;
  readonly journal: UnitJournal;
}

/** A journal by run and unit, as in its bucket. */
class UnitJournal implements Journal, OutcomeArchive, IntentArchive {
  readonly #intents = new Map<string, IntentEntry[]>();
  readonly #outcomes = new Map<string, OutcomeEntry[]>();

  writeIntents({ unit }: JournalPage, intents: readonly IntentEntry[]): Promise<void> {
    this.#intents.set(unit.unitId, [...(this.#intents.get(unit.unitId) ?? []), ...intents]);
    return Promise.resolve();
  }

  writeOutcomes({ unit }: JournalPage, outcomes: readonly OutcomeEntry[]): Promise<undefined> {
    this.#outcomes.set(unit.unitId, [...(this.#outcomes.get(unit.unitId) ?? []), ...outcomes]);
    return Promise.resolve(undefined);
  }

  writeUnproven(): Promise<void> {
    return Promise.resolve();
  }

  async *outcomesOf({ unitId }: Unit): AsyncGenerator<JournalledOutcome> {
    const entries = await Promise.resolve(this.#outcomes.get(unitId) ?? []);
    yield* entries.map(entry => ({ ...entry, page: 0 }));
  }

  async *pagesOf({ unitId }: Unit): AsyncGenerator<JournalledPage> {
    yield await Promise.resolve({ name: 'page-000001', intents: [unitId], outcomes: [unitId] });
  }

  readIntents(unitId: string): Promise<ReadIntents> {
    return Promise.resolve({ kind: 'intents', intents: this.#intents.get(unitId) ?? [] });
  }

  hasRewrapped(unitId: string): Promise<boolean> {
    return Promise.resolve((this.#outcomes.get(unitId) ?? []).some(({ outcome }) => outcome === 'rewrapped'));
  }
}

export interface RunRequest {
  readonly kms: IndependentKms;
  readonly rows: readonly Row[];
  readonly job: Job;
  readonly mode: LifeMode;
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rollsBack?: LifeRun;
  /** The last migration of the same job. */
  readonly restsOn?: LifeRun | undefined;
}

export function parsed({ input }: LifeJob): Job {
  const result = parseJob(input, formats);
  if (result.kind === 'refused') throw new Error(`${JSON.stringify(input)}: ${JSON.stringify(result)}`);
  return result.job;
}

const SEGMENTS = 2;

export function planFor({ job, mode, runId, at, rollsBack, restsOn }: RunRequest): RunPlan {
  return planOf({
    ...{ runId, job: job.name, mode, stores: job.stores, pageSize: 2 },
    units: SEGMENTS * job.stores.length,
    unitsPerStore: job.stores.map(() => SEGMENTS),
    startedAt: new Date(at).toISOString(),
    sources: job.source.keys.map(({ key, encryptionAlgorithm }) =>
      planned(key, { encryptionAlgorithm, ...(key === RSA_KEY && { ciphertextBytes: RSA_BYTES }) }),
    ),
    destination: planned(job.destination.key),
    slots: job.stores.map(store => configureFormat(store, formats).identity),
    keepsSource: job.stores.some(store => configureFormat(store, formats).keepsSource),
    keepsSourceIn: job.stores.map(store => configureFormat(store, formats).keepsSource),
    verify: mode === 'verify' || mode === 'migrate',
    ...(rollsBack !== undefined && { rollsBack: rollsBack.plan.runId }),
    ...(restsOn !== undefined && ['migrate', 'verify'].includes(mode) && { restsOn: [restsOn.plan.runId] }),
  });
}

const RUN_MS = 60_000;

/** One run of a job over the current rows, through all of its passes. */
export async function runOf(request: RunRequest): Promise<LifeRun> {
  const plan = planFor(request);
  const journal = new UnitJournal();
  const ledger = new FakeLedger();
  const progress: UnitProgress[] = [];
  const { mode } = plan;
  const phases =
    mode === 'migrate' ? (['migrate', 'verify'] as const) : ([mode === 'census' ? 'migrate' : mode] as const);
  for (const phase of phases)
    for (const [index, store] of plan.stores.entries())
      for (let segment = 0; segment < SEGMENTS; segment++) {
        const unit: Unit = {
          ...{ runId: plan.runId, unitId: `u${index}-${segment}`, store: index },
          range: { type: 'segment', segment, totalSegments: SEGMENTS },
        };
        const scope = unitScope(unit, plan, formats);
        const ports = {
          ...{ records: tableOf(request.rows, store), keys: new KeyServiceOf(request.kms), journal, ledger },
          telemetry: UNHEARD,
          deadline: { remaining: () => Number.POSITIVE_INFINITY },
          // As few are asked by chance as may be: what is found rests on the rule.
          random: () => 0.5,
          wait: () => Promise.resolve(),
          clock: { now: () => 0 },
          shares: ALONE,
        };
        const archive = archiveOf(plan, journal, request);
        switch (phase) {
          case 'migrate':
            progress.push(await migrateUnit(scope, { ...ports, outcomes: archive }));
            break;
          case 'verify':
            progress.push(await verifyUnit(scope, { ...ports, archive }));
            break;
          case 'rollback':
            progress.push(
              await rollbackUnit(scope, { ...ports, archive: request.rollsBack?.journal ?? journal }),
            );
        }
      }
  const report = await foldReport({
    plan,
    units: (async function* () {
      yield* await Promise.resolve(progress);
    })(),
    endedAt: new Date(request.at + RUN_MS).toISOString(),
    files: { run: '', journal: '' },
  });
  return { plan, report, journal };
}

/** The journal of a run, and of the one that it rests on. */
function archiveOf({ runId }: RunPlan, journal: UnitJournal, { restsOn }: RunRequest): OutcomeArchive {
  return {
    outcomesOf: unit => (unit.runId === runId ? journal : (restsOn?.journal ?? journal)).outcomesOf(unit),
  };
}

/** The table as DynamoDB returns it under the store's filter. */
function tableOf(rows: readonly Row[], store: Store): MemoryStore {
  const filter = (store as Partial<TableStore>).scope?.filter?.expression;
  const wanted = filter === undefined ? undefined : !filter.includes('not_exists');
  const table = new MemoryStore(
    'item',
    ({ fields }) => wanted === undefined || (fields['vip'] !== undefined) === wanted,
  );
  for (const row of rows) table.rows.set(row.id, row);
  return table;
}
