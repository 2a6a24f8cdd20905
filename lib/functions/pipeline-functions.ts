import { Duration, Stack, Stage } from 'aws-cdk-lib';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FOLLOW_TIMEOUT_SECONDS,
  followedBuckets,
  followedTables,
} from '../../lambda/core/job/followed-stores.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { ENV } from '../../lambda/handlers/env.ts';
import { plaintextJobs } from '../jobs/plaintext-route.ts';
import type { Home, StoreKeys } from '../grants/grant.ts';
import { JOB_GRANTS, type RoleOfJobs } from '../grants/job-grants.ts';
import type { JournalBucket } from '../storage/journal-bucket.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { RunBucket } from '../storage/run-bucket.ts';
import type { EvidenceKey } from '../storage/evidence-key.ts';
import type { Handler } from './handlers.ts';
import { PipelineFunction } from './pipeline-function.ts';

export interface PipelineFunctionsProps {
  readonly jobs: readonly Job[];
  readonly allowPlaintextRoute: boolean;
  readonly runBucket: RunBucket;
  readonly journal: JournalBucket;
  readonly ledger: Ledger;
  /** Encrypts logs. @default a key of AWS */
  readonly logKey: IKey | undefined;
  readonly tracing: boolean;
  /** Signs the evidence of runs. */
  readonly evidenceKey: EvidenceKey | undefined;
  /** ARNs of who else may read old data keys. */
  readonly journalReaders: readonly string[];
  /** Of tables and buckets that are given as constructs. */
  readonly storeKeys: StoreKeys;
  /** How long one invocation of a worker may take. The state machine makes as many as a unit needs. */
  readonly workerTimeout: Duration;
}

interface WritingWorker extends PipelineFunctionsProps {
  readonly handler: Handler;
  readonly description: string;
  /** What it may do besides. */
  readonly more?: (made: PipelineFunction) => void;
}

/** The stages and what each may do; what they may do for their jobs is in lib/grants/job-grants.ts. */
export class PipelineFunctions extends Construct {
  readonly plan: PipelineFunction;
  readonly migrateUnit: PipelineFunction;
  /** Only if the deployment allows the route decrypt-encrypt, and a job may take it. */
  readonly migrateUnitPlaintext: PipelineFunction | undefined;
  readonly verifyUnit: PipelineFunction;
  readonly rollbackUnit: PipelineFunction;
  readonly report: PipelineFunction;
  /** Only if a job follows a table. */
  readonly followTable: PipelineFunction | undefined;
  /** Only if a job follows a bucket. */
  readonly followBucket: PipelineFunction | undefined;
  #bus: IEventBus | undefined;

  /** Those that there are. */
  get all(): readonly PipelineFunction[] {
    return this.node.children.filter(child => child instanceof PipelineFunction);
  }

  constructor(scope: Construct, id: string, props: PipelineFunctionsProps) {
    super(scope, id);
    this.plan = this.planFunction(props);
    this.migrateUnit = this.migrateUnitFunction(props);
    this.migrateUnitPlaintext = this.migrateUnitPlaintextFunction(props);
    this.verifyUnit = this.verifyUnitFunction(props);
    this.rollbackUnit = this.rollbackUnitFunction(props);
    this.report = this.reportFunction(props);
    if (followedTables(props.jobs).length > 0)
      this.followTable = this.followerFunction('FollowTable', 'follow-table', props);
    if (followedBuckets(props.jobs).length > 0)
      this.followBucket = this.followerFunction('FollowBucket', 'follow-bucket', props);
    for (const made of this.all) made.settle();
  }

  private planFunction({
    jobs,
    runBucket,
    ledger,
    logKey,
    tracing,
    storeKeys,
    allowPlaintextRoute,
    workerTimeout,
  }: PipelineFunctionsProps): PipelineFunction {
    const files = { 'jobs.json': this.jobsFile(jobs) };
    const plan = new PipelineFunction(this, 'Plan', {
      logKey,
      tracing,
      handler: 'plan',
      description: 'kms-rewrap: checks premises, cuts stores into units',
      timeout: Duration.minutes(15),
      files,
    });
    plan.addEnvironment(ENV.allowPlaintextRoute, String(allowPlaintextRoute));
    plan.addEnvironment(ENV.workerTimeoutSeconds, String(workerTimeout.toSeconds()));
    runBucket.grantRead(plan);
    // An earlier run may have no plan, and a run to be rolled back may not be there at all.
    runBucket.grantWrite(plan);
    ledger.grantCheckpoint(plan);
    ledger.grantShares(plan);
    this.announces(plan);
    plan.allow(JOB_GRANTS.Plan(jobs, homeOf(this, storeKeys)));
    return plan;
  }

  private migrateUnitFunction(props: PipelineFunctionsProps): PipelineFunction {
    const { journal } = props;
    return this.writingWorker('MigrateUnit', {
      ...props,
      handler: 'migrate-unit',
      description: 'kms-rewrap: re-encrypts the data keys of a unit',
      more: made => journal.grantReadOutcomes(made),
    });
  }

  /** The only function that may call Decrypt and Encrypt. It has a role of its own. */
  private migrateUnitPlaintextFunction(props: PipelineFunctionsProps): PipelineFunction | undefined {
    if (!props.allowPlaintextRoute || plaintextJobs(props.jobs).length === 0) return undefined;
    return this.writingWorker('MigrateUnitPlaintext', {
      ...props,
      handler: 'migrate-unit-plaintext',
      description: 'kms-rewrap: decrypts and encrypts the data keys of a unit, between Regions',
    });
  }

  /** What every worker that writes may do, whatever it asks of KMS. */
  private writingWorker(id: RoleOfJobs, worker: WritingWorker): PipelineFunction {
    const { jobs, handler, description, workerTimeout, logKey, tracing, runBucket, journal, ledger } = worker;
    const made = new PipelineFunction(this, id, {
      handler,
      description,
      logKey,
      tracing,
      timeout: workerTimeout,
    });
    runBucket.grantRead(made);
    journal.grantAppend(made);
    journal.grantNameUnproven(made);
    ledger.grantCheckpoint(made);
    ledger.grantShares(made);
    worker.more?.(made);
    made.allow(JOB_GRANTS[id](jobs, homeOf(this, worker.storeKeys)));
    return made;
  }

  private verifyUnitFunction({
    jobs,
    runBucket,
    journal,
    ledger,
    logKey,
    tracing,
    storeKeys,
    workerTimeout,
  }: PipelineFunctionsProps): PipelineFunction {
    const verifyUnit = new PipelineFunction(this, 'VerifyUnit', {
      logKey,
      tracing,
      handler: 'verify-unit',
      description: 'kms-rewrap: reads every record of a unit again',
      timeout: workerTimeout,
    });
    runBucket.grantRead(verifyUnit);
    journal.grantReadOutcomes(verifyUnit);
    journal.grantNameUnproven(verifyUnit);
    ledger.grantCheckpoint(verifyUnit);
    ledger.grantShares(verifyUnit);
    verifyUnit.allow(JOB_GRANTS.VerifyUnit(jobs, homeOf(this, storeKeys)));
    return verifyUnit;
  }

  /** Restores old data keys from the journal. It may read intents and write to stores, and may use no key. */
  private rollbackUnitFunction(props: PipelineFunctionsProps): PipelineFunction {
    const { jobs, runBucket, journal, ledger, logKey, tracing, workerTimeout } = props;
    const rollbackUnit = new PipelineFunction(this, 'RollbackUnit', {
      logKey,
      tracing,
      handler: 'rollback-unit',
      description: 'kms-rewrap: puts back what a run has replaced in a unit',
      timeout: workerTimeout,
    });
    runBucket.grantRead(rollbackUnit);
    journal.grantAppend(rollbackUnit);
    journal.grantReadIntents(rollbackUnit);
    ledger.grantCheckpoint(rollbackUnit);
    ledger.grantShares(rollbackUnit);
    journal.closeIntents([rollbackUnit.roleArn, ...props.journalReaders]);
    rollbackUnit.allow(JOB_GRANTS.RollbackUnit(jobs, homeOf(this, props.storeKeys)));
    return rollbackUnit;
  }

  /** Goes on with a migration, record by record (core/follow). It appends to the journal and reads nothing of it. */
  private followerFunction(
    id: 'FollowTable' | 'FollowBucket',
    handler: Handler,
    props: PipelineFunctionsProps,
  ): PipelineFunction {
    const { jobs, runBucket, journal, ledger, logKey, tracing } = props;
    const follower = new PipelineFunction(this, id, {
      logKey,
      tracing,
      handler,
      description: 'kms-rewrap: re-encrypts what is written under a source key after a migration',
      timeout: Duration.seconds(FOLLOW_TIMEOUT_SECONDS),
      files: { 'jobs.json': this.jobsFile(jobs) },
    });
    runBucket.grantRead(follower);
    runBucket.grantWrite(follower);
    journal.grantAppend(follower);
    ledger.grantCheckpoint(follower);
    ledger.grantShares(follower);
    follower.allow(JOB_GRANTS[id](jobs, homeOf(this, props.storeKeys)));
    return follower;
  }

  private reportFunction(props: PipelineFunctionsProps): PipelineFunction {
    const { runBucket, journal, ledger, logKey, tracing, evidenceKey } = props;
    const report = new PipelineFunction(this, 'Report', {
      logKey,
      tracing,
      handler: 'report',
      description: 'kms-rewrap: folds the results of a run into its report',
      timeout: Duration.minutes(15),
    });
    runBucket.grantRead(report);
    runBucket.grantWrite(report);
    journal.configure(report);
    ledger.grantReadProgress(report);
    ledger.grantCheckpoint(report);
    evidenceKey?.grantSign(report);
    this.announces(report);
    return report;
  }

  private announces(announcer: PipelineFunction): void {
    this.#bus ??= EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    this.#bus.grantPutEventsTo(announcer);
  }

  /** The validated jobs as a file bundled with Plan, so that a deployment knows its jobs without reading anything. */
  private jobsFile(jobs: readonly Job[]): string {
    const outdir = Stage.of(this)?.outdir ?? '.';
    mkdirSync(outdir, { recursive: true });
    const file = join(outdir, `${this.node.addr}.jobs.json`);
    writeFileSync(file, JSON.stringify(jobs, null, 2));
    return file;
  }
}

function homeOf(scope: Construct, storeKeys: StoreKeys): Home {
  const { partition, account } = Stack.of(scope);
  return { partition, account, storeKeys };
}
