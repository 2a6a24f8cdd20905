import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { JOBS_METADATA, jobsText } from '../lambda/core/job/deployed-jobs.ts';
import {
  SETTINGS_METADATA,
  settingsText,
  type DeploymentSettings,
  type TakeOver,
} from '../lambda/core/job/deployed-settings.ts';
import type { Job } from '../lambda/core/model/job.ts';
import { JournalTables } from './athena/journal-tables.ts';
import { charactersOfJobs, MANAGED_POLICIES, type RoomSettings } from './grants/job-room.ts';
import { claimsIn, StoreClaims } from './claims/store-claims.ts';
import { PipelineFunctions } from './functions/pipeline-functions.ts';
import { checkRoom } from './functions/role-room.ts';
import { Operations } from './operations/operations.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { Schedules } from './schedules/schedules.ts';
import { DeploymentKey, type CustomerManagedKey } from './storage/deployment-key.ts';
import { JournalBucket } from './storage/journal-bucket.ts';
import type { JournalProtection } from './storage/journal-protection.ts';
import { Ledger } from './storage/ledger.ts';
import { RunBucket } from './storage/run-bucket.ts';

export interface KmsRewrapStackProps extends StackProps {
  readonly jobs: readonly Job[];
  /** What the template tells of its settings; the other properties decide. */
  readonly settings?: DeploymentSettings;
  /** Jobs may take the route decrypt-encrypt, and get a worker of their own for it. @default false */
  readonly allowPlaintextRoute?: boolean;
  /** @default kept for good, without Object Lock */
  readonly journalProtection?: JournalProtection;
  /** @default 15 minutes, the longest that Lambda allows */
  readonly workerTimeout?: Duration;
  /** Encrypts what the service itself stores. Once set, it must stay. @default keys of AWS */
  readonly customerManagedKey?: CustomerManagedKey;
  /** ARNs of roles and users that may read old data keys in the journal, besides RollbackUnit. @default nobody */
  readonly journalReaders?: readonly string[];
  /** Buckets and ledger of an earlier deployment. @default made anew */
  readonly takeOver?: TakeOver;
  /** How many managed policies a role may have, if Service Quotas has raised it. @default 10 */
  readonly managedPoliciesPerRole?: number;
  /** Whether schedules may start runs. @default true */
  readonly schedules?: boolean;
  /** Whom alarms tell. @default nobody, until somebody subscribes to the topic */
  readonly notify?: readonly string[];
  /** @default true */
  readonly dashboard?: boolean;
}

interface Storage {
  readonly runBucket: RunBucket;
  readonly journal: JournalBucket;
  readonly ledger: Ledger;
  readonly key: IKey | undefined;
}

const OF_ALL: StackProps = {
  description: 'kms-rewrap: re-encrypts stored KMS data keys server-side',
  // Hundreds of jobs fit into a template's 1 MB without indentation, and half of them with it.
  suppressTemplateIndentation: true,
  terminationProtection: true,
};

/** The service in one account and Region. Its outputs are what the CLI looks up. */
export class KmsRewrapStack extends Stack {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    {
      jobs,
      settings,
      allowPlaintextRoute = false,
      journalProtection = {},
      workerTimeout = Duration.minutes(15),
      managedPoliciesPerRole = MANAGED_POLICIES,
      takeOver = {},
      customerManagedKey = false,
      journalReaders = [],
      schedules = true,
      notify = [],
      dashboard = true,
      ...props
    }: KmsRewrapStackProps,
  ) {
    super(scope, id, { ...OF_ALL, ...props });
    this.tell(jobs, settings);
    new StoreClaims(this, 'Stores', { claims: claimsIn(this.region, jobs) });
    const { runBucket, journal, ledger, key } = this.storage(journalProtection, takeOver, customerManagedKey);
    const functions = new PipelineFunctions(this, 'Functions', {
      jobs,
      allowPlaintextRoute,
      runBucket,
      journal,
      ledger,
      journalReaders,
      logKey: key,
      workerTimeout,
    });
    this.pipeline = new Pipeline(this, 'Pipeline', { functions, runBucket, logKey: key });
    new JournalTables(this, 'JournalTables', { jobs, journal, runBucket, keyArn: key?.keyArn });
    const { undelivered } = new Schedules(this, 'Schedules', {
      jobs,
      pipeline: this.pipeline,
      enabled: schedules,
    });
    const { stateMachine } = this.pipeline;
    new Operations(this, 'Operations', {
      ...{ stateMachine, plan: functions.plan, undelivered, schedules, key, notify, dashboard },
      watches: jobs.length > 0,
    });

    this.checkRoomOf(jobs, { allowPlaintextRoute, managedPoliciesPerRole });
    new CfnOutput(this, 'StateMachineArn', { value: this.pipeline.stateMachine.stateMachineArn });
    new CfnOutput(this, 'AllowPlaintextRoute', { value: String(allowPlaintextRoute) });
  }

  /** The template holds what is deployed, so that the CLI plans those jobs and not a file that may differ. */
  private tell(jobs: readonly Job[], settings: DeploymentSettings | undefined): void {
    this.templateOptions.metadata = {
      [JOBS_METADATA]: jobsText(jobs),
      ...(settings !== undefined && { [SETTINGS_METADATA]: settingsText(settings) }),
    };
  }

  /** What lasts: no setting ever replaces it (test/infra/updates.test.ts). */
  private storage(protection: JournalProtection, takeOver: TakeOver, setting: CustomerManagedKey): Storage {
    const key = DeploymentKey.of(this, setting);
    const runBucket = new RunBucket(this, 'RunBucket', { key, takeOver: takeOver.runBucket });
    const journal = new JournalBucket(this, 'Journal', { protection, key, takeOver: takeOver.journalBucket });
    const ledger = new Ledger(this, 'Ledger', { key, takeOver: takeOver.ledgerTable });
    new CfnOutput(this, 'RunBucketName', { value: runBucket.bucket.bucketName });
    new CfnOutput(this, 'JournalBucketName', { value: journal.bucket.bucketName });
    new CfnOutput(this, 'LedgerTableName', { value: ledger.table.tableName });
    return { runBucket, journal, ledger, key: key?.key };
  }

  /** A validation, because only then all policies are there. */
  private checkRoomOf(jobs: readonly Job[], settings: RoomSettings): void {
    const ofJobs = charactersOfJobs(jobs, settings);
    const { managedPoliciesPerRole: managedPolicies } = settings;
    this.node.addValidation({
      validate: () => {
        checkRoom(this, { jobs: jobs.length, managedPolicies, ofJobs });
        return [];
      },
    });
  }
}
