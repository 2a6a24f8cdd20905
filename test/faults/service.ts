import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { tellingFailures } from '../../lambda/adapters/aws/failure.ts';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { journalLocation, S3Journal, S3OutcomeArchive } from '../../lambda/adapters/journal/journal.ts';
import { KmsKeyCatalog } from '../../lambda/adapters/kms/catalog.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { LedgerExpiry } from '../../lambda/adapters/state/ledger-expiry.ts';
import { DynamoDbLedger } from '../../lambda/adapters/state/ledger.ts';
import { DeployedRuns } from '../../lambda/adapters/run/past-runs.ts';
import { KMS_PATIENCE_MS } from '../../lambda/adapters/aws/patience.ts';
import { PatientRecords } from '../../lambda/adapters/records/patient-records.ts';
import { TableCapacities } from '../../lambda/adapters/records/table-capacities.ts';
import { LedgerShareBook } from '../../lambda/adapters/state/share-book.ts';
import { openBucket } from '../../lambda/adapters/s3/bucket-store.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { S3RunFiles } from '../../lambda/adapters/run/files.ts';
import { LedgerHistory } from '../../lambda/adapters/state/run-history.ts';
import { LedgerStoreLocks } from '../../lambda/adapters/state/store-locks.ts';
import { keepMoving } from '../../lambda/core/account/keep-moving.ts';
import type { FollowPorts } from '../../lambda/core/follow/ports.ts';
import type { HolderLife } from '../../lambda/core/lock/store-lock.ts';
import { migrateUnit, type MigratePorts } from '../../lambda/core/migrate-unit.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { capacityOf, storeName } from '../../lambda/core/stores/places.ts';
import type { Phase, Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { beginRun } from '../../lambda/core/plan/begin-run.ts';
import type { FailedUnit } from '../../lambda/core/report/failure-words.ts';
import type { CopyLimits } from '../../lambda/core/stores/s3/copy-in-parts.ts';
import type { BucketStore } from '../../lambda/core/stores/s3/schema.ts';
import type { ShareBook } from '../../lambda/core/rate/lease.ts';
import { kmsRegions, WorkerShare, withShare, type SharedTable } from '../../lambda/core/rate/worker-share.ts';
import { finishRun, type FinishRequest } from '../../lambda/core/report/finish-run.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { rollbackUnit, type RollbackPorts } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope } from '../../lambda/core/scan/unit-scope.ts';
import { verifyUnit, type VerifyPorts } from '../../lambda/core/verify/verify-unit.ts';
import { formats } from '../../lambda/formats/registry.ts';
import type { Schedule } from './schedule.ts';
import { JOURNAL, LEDGER, RUNS } from './weather.ts';
import { Party, type Wire } from './wire.ts';
import { UNHEARD } from '../support/telemetry.ts';

export type WorkerPorts = MigratePorts & VerifyPorts & RollbackPorts;

/** The parts of the product that a planted bug may replace: its ports, and nothing else. */
export interface PlantedBug {
  readonly ports?: (ports: WorkerPorts, at: PlantedAt) => WorkerPorts;
  /** The same of a follower. */
  readonly follow?: (ports: FollowPorts) => FollowPorts;
  /** A follower answers before its work is done, and is frozen with it. */
  readonly answersEarly?: true;
}

interface PlantedAt {
  readonly phase: Phase;
  readonly plan: RunPlan;
  /** With the worker's name, but all rights: its role would stop most bugs. */
  readonly dynamodb: DynamoDBClient;
}

export interface ServiceOptions {
  readonly job: Job;
  readonly schedule: Schedule;
  readonly bug: PlantedBug;
  readonly executionOf: (runId: string) => HolderLife['execution'];
  /** What one request copies, where copies in parts are played. */
  readonly copyLimits?: CopyLimits;
}

/** What the maps of a run left behind. */
export interface Ended {
  readonly party: Party;
  readonly results: readonly UnitProgress[];
  readonly failed?: readonly FailedUnit[];
}

/**
 * The product as the handlers assemble it, stage by stage, but over a wire in virtual time. Pages are small and invocations
 * short, as a test needs them.
 */
export class Service {
  readonly #wire: Wire;
  readonly #options: ServiceOptions;

  constructor(wire: Wire, options: ServiceOptions) {
    this.#wire = wire;
    this.#options = options;
  }

  /** Stage Plan. */
  async plan(runId: string, input: object, { party, now }: { readonly party: Party; readonly now: number }) {
    const { schedule, job, executionOf } = this.#options;
    const { files, ledger, clients } = this.#tools(party);
    const history = new LedgerHistory(clients.dynamodb(), LEDGER);
    const config = this.#wire.configOf(party);
    const { pageSize, workerTimeoutSeconds } = schedule;
    const { plan } = await beginRun(
      { runId, input, jobs: [job], formats, plaintextAllowed: false, workerTimeoutSeconds, now },
      {
        keys: grantTokens => new KmsKeyCatalog(new KmsChannel({ ...config, grantTokens }), KMS_PATIENCE_MS),
        stores: storeCatalogs(clients),
        records: (store, options) => openStore(store, { clients, ...options }),
        history,
        pastRuns: new DeployedRuns(files, ledger),
        latestRuns: history,
        shares: new LedgerShareBook(clients.dynamodb(), LEDGER),
        files: { writePlan: (begun, units) => files.writePlan({ ...begun, pageSize }, units) },
        lock: {
          ...{ locks: new LedgerStoreLocks(clients.dynamodb(), LEDGER), now: () => Date.now() },
          wait: ms => sleep(ms),
          fence: (other, words) => ledger.breakPremise(other, words),
          lifeOf: async other => ({ execution: executionOf(other), ...(await ledger.readControl(other)) }),
        },
      },
    );
    return { plan: { ...plan, pageSize }, units: await files.readUnits(runId) };
  }

  /** States MigrateUnit, VerifyUnit and RollbackUnit: one invocation. */
  work(
    phase: Phase,
    unit: Unit,
    { party, clock, deadline }: { readonly party: Party } & Pick<WorkerPorts, 'clock' | 'deadline'>,
  ): Promise<UnitProgress> {
    const { files, ledger, clients } = this.#tools(party);
    return tellingFailures(unit.runId, ledger, async () => {
      const plan = await files.readPlan(unit.runId);
      const scope = unitScope(unit, plan, formats);
      const place = { bucket: JOURNAL, job: plan.job };
      const capacities = new TableCapacities(
        { ...plan, phase },
        {
          now: () => clock.now(),
          sleep: ms => sleep(ms),
          deadline,
        },
      );
      const shares = sharesOf(new LedgerShareBook(clients.dynamodb(), LEDGER), {
        ...{ unit, plan, phase },
        ...{ party, clock, deadline },
        tables: capacities.shared(capacityOf(scope.store, plan.storeRegion)),
      });
      const archive = {
        intents: new S3IntentArchive(clients.s3(), place),
        outcomes: new S3OutcomeArchive(clients.s3(), place),
      };
      const { copyLimits, schedule } = this.#options;
      const options = {
        ...{ clients, region: plan.storeRegion, ...needsOf(scope.format) },
        ...{ deadline, capacities },
        ...(schedule.batches && { batchesRefused: () => undefined }),
      };
      const records =
        copyLimits === undefined
          ? await openStore(scope.store, options)
          : await openBucket(scope.store as BucketStore, { ...options, copyLimits });
      const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
      const ports = {
        records: new PatientRecords(records, storeName(scope.store), {
          ...{ clock, deadline, wait },
          random: () => Math.random(),
        }),
        keys: new KmsKeyService(new KmsChannel(this.#wire.configOf(party))),
        journal: new S3Journal(clients.s3(), place),
        archive: Object.assign(archive.intents, {
          outcomesOf: (of: Unit, fromPage?: number) => archive.outcomes.outcomesOf(of, fromPage),
        }),
        outcomes: archive.outcomes,
        ...{ ledger, shares, deadline, clock, capacity: capacities },
        telemetry: UNHEARD,
        random: () => Math.random(),
        wait,
      };
      const mighty = new AwsClients(this.#wire.configOf(new Party(party.name, party.latencyMs)));
      const planted = this.#options.bug.ports?.(ports, { phase, plan, dynamodb: mighty.dynamodb() }) ?? ports;
      return withShare(shares, () =>
        keepMoving(unit, phase, ledger, () => {
          switch (phase) {
            case 'migrate':
              return migrateUnit(scope, planted);
            case 'verify':
              return verifyUnit(scope, planted);
            case 'rollback':
              return rollbackUnit(scope, planted);
          }
        }),
      );
    });
  }

  /** States Report and ReportFailure. `results`: what the units returned, if the maps finished. */
  async report(request: FinishRequest, { party, results, failed = [] }: Ended): Promise<Report> {
    const { files, ledger, clients } = this.#tools(party);
    const { report } = await finishRun(request, {
      files: {
        readPlan: runId => files.readPlan(runId),
        writeReport: (finished, html) => files.writeReport(finished, html),
        location: runId => files.location(runId),
        failedUnits: () => Promise.resolve(failed),
        unitResults: async function* () {
          yield* results;
        },
      },
      ledger,
      history: new LedgerHistory(clients.dynamodb(), LEDGER),
      locks: new LedgerStoreLocks(clients.dynamodb(), LEDGER),
      journalLocation: plan => journalLocation(JOURNAL, plan),
      announce: () => Promise.resolve(),
      letExpire: runId =>
        new LedgerExpiry(clients.dynamodb(), LEDGER).letExpire(runId, Date.now(), {
          remaining: () => Number.POSITIVE_INFINITY,
        }),
      clock: { now: () => Date.now() },
    });
    return report;
  }

  /** What `rewrap stop` and `rewrap pause` do. */
  control(party: Party): Pick<DynamoDbLedger, 'breakPremise' | 'pause'> {
    return this.#tools(party).ledger;
  }

  #tools(party: Party): { files: S3RunFiles; ledger: DynamoDbLedger; clients: AwsClients } {
    const clients = new AwsClients(this.#wire.configOf(party));
    const files = new S3RunFiles(clients.s3(), RUNS);
    return { files, ledger: new DynamoDbLedger(clients.dynamodb(), LEDGER), clients };
  }
}

interface Invocation extends Pick<WorkerPorts, 'clock' | 'deadline'> {
  readonly phase: Phase;
  readonly unit: Unit;
  readonly plan: RunPlan;
  readonly party: Party;
  readonly tables: readonly SharedTable[];
}

function sharesOf(
  book: ShareBook,
  { phase, unit, plan, party, clock, deadline, tables }: Invocation,
): WorkerShare {
  const { runId, unitId } = unit;
  return new WorkerShare(
    [...kmsRegions(plan, phase), ...tables],
    { runId, work: `${phase}#${unitId}`, holder: party.name, workers: plan.workers },
    { book, clock, deadline, sleep: ms => sleep(ms), random: () => Math.random(), recent: () => 0 },
  );
}
