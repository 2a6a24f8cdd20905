import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JOBS_METADATA, jobsText } from '../lambda/core/job/deployed-jobs.ts';
import {
  SETTINGS_METADATA,
  settingsText,
  type DeploymentSettings,
} from '../lambda/core/job/deployed-settings.ts';
import type { Job } from '../lambda/core/model/job.ts';
import { JournalTables } from './athena/journal-tables.ts';
import { PipelineFunctions } from './functions/pipeline-functions.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { Schedules } from './schedules/schedules.ts';
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
  /** Whether schedules may start runs. @default true */
  readonly schedules?: boolean;
}

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
      schedules = true,
      ...props
    }: KmsRewrapStackProps,
  ) {
    super(scope, id, { description: 'kms-rewrap: re-encrypts stored KMS data keys server-side', ...props });
    // The template holds the deployed jobs, so that the CLI plans those and not a file that may differ.
    this.templateOptions.metadata = {
      [JOBS_METADATA]: jobsText(jobs),
      ...(settings !== undefined && { [SETTINGS_METADATA]: settingsText(settings) }),
    };
    const runBucket = new RunBucket(this, 'RunBucket');
    const journal = new JournalBucket(this, 'Journal', journalProtection);
    const ledger = new Ledger(this, 'Ledger');
    const functions = new PipelineFunctions(this, 'Functions', {
      jobs,
      allowPlaintextRoute,
      runBucket,
      journal,
      ledger,
      workerTimeout,
    });
    this.pipeline = new Pipeline(this, 'Pipeline', { functions, runBucket });
    new JournalTables(this, 'JournalTables', { jobs, journal, runBucket });
    new Schedules(this, 'Schedules', { jobs, pipeline: this.pipeline, enabled: schedules });

    new CfnOutput(this, 'StateMachineArn', { value: this.pipeline.stateMachine.stateMachineArn });
    new CfnOutput(this, 'RunBucketName', { value: runBucket.bucket.bucketName });
    new CfnOutput(this, 'JournalBucketName', { value: journal.bucket.bucketName });
    new CfnOutput(this, 'AllowPlaintextRoute', { value: String(allowPlaintextRoute) });
    new CfnOutput(this, 'LedgerTableName', { value: ledger.table.tableName });
  }
}
