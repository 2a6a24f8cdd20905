import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { followedBuckets, followedTables } from '../lambda/core/job/followed-stores.ts';
import { JOBS_METADATA, jobsText } from '../lambda/core/job/deployed-jobs.ts';
import {
  SETTINGS_METADATA,
  settingsText,
  type DeploymentSettings,
  type TakeOver,
} from '../lambda/core/job/deployed-settings.ts';
import type { Job } from '../lambda/core/model/job.ts';
import { JournalTables } from './athena/journal-tables.ts';
import { claimsIn, StoreClaims } from './claims/store-claims.ts';
import { PipelineFunctions } from './functions/pipeline-functions.ts';
import { keysOfGiven, type GivenStore } from './given-stores/given-stores.ts';
import { Follow } from './follow/follow.ts';
import { checkRoom } from './functions/role-room.ts';
import { charactersOfJobs, MANAGED_POLICIES, type RoomSettings } from './grants/job-room.ts';
import { JobsRefused } from './jobs/jobs-refused.ts';
import { jobsOfStack } from './jobs/jobs-of-stack.ts';
import { Operations, type OperationsProps } from './operations/operations.ts';
import { CommandGrants } from './people/command-grants.ts';
import { Pipeline, type PipelineProps } from './pipeline/pipeline.ts';
import { Schedules } from './schedules/schedules.ts';
import { DeploymentKey, type CustomerManagedKey } from './storage/deployment-key.ts';
import { EvidenceKey } from './storage/evidence-key.ts';
import { JournalBucket } from './storage/journal-bucket.ts';
import type { JournalProtection } from './storage/journal-protection.ts';
import { Ledger } from './storage/ledger.ts';
import { RunBucket } from './storage/run-bucket.ts';

/** What a `KeyRewrap` is made of. Only `jobs` must be given. */
export interface KeyRewrapProps {
  /** Jobs whose destination is in the Region of the stack, as `loadJobs` reads them. */
  readonly jobs: readonly Job[];
  /**
   * Tables and buckets of the app that jobs name, by the names that they have in the jobs: `tableName` or `bucketName` must be written in the
   * app. The roles may then use the keys of their own encryption, and the state machine is made after them.
   *
   * @default none: jobs name what there is, and `serverSideEncryptionKey` in a job names the key
   */
  readonly stores?: readonly GivenStore[];
  /** What the template tells `rewrap` of a settings file; the other properties decide. @default nothing */
  readonly settings?: DeploymentSettings;
  /** Jobs may take the route decrypt-encrypt, and get a worker of their own for it. @default false */
  readonly allowPlaintextRoute?: boolean;
  /** How long the journal is kept, in whole days, and whether S3 Object Lock holds it. @default kept for good, without Object Lock */
  readonly journalProtection?: JournalProtection;
  /** The longest that one invocation of a worker takes, in whole seconds. @default 15 minutes, the longest that Lambda allows */
  readonly workerTimeout?: Duration;
  /** Encrypts what the service itself stores: `true` for a key of the stack, or the ARN of a key. Once set, it must stay. @default keys of AWS */
  readonly customerManagedKey?: CustomerManagedKey;
  /** Whether a key of the stack signs the evidence of each run. @default false */
  readonly evidence?: boolean;
  /** ARNs of roles and users that may read old data keys in the journal, besides RollbackUnit. @default nobody */
  readonly journalReaders?: readonly string[];
  /** Names of the buckets and the ledger of an earlier deployment. @default made anew */
  readonly takeOver?: TakeOver;
  /** How many managed policies a role may have, if Service Quotas has raised it: up to 25. @default 10 */
  readonly managedPoliciesPerRole?: number;
  /** Whether schedules may start runs. @default true */
  readonly schedules?: boolean;
  /** Whom alarms tell: e-mail and https addresses, ARNs of queues and functions. @default nobody, until somebody subscribes to the topic */
  readonly notify?: readonly string[];
  /** Whether CloudWatch gets a dashboard. @default true */
  readonly dashboard?: boolean;
  /** Whether state machine and functions send traces to X-Ray, which bills them and takes no resource in a permission. @default false */
  readonly tracing?: boolean;
  /**
   * Other stacks hold the claims of stores in other Regions, as `rewrapApp` makes them. Without it, jobs that write to such
   * stores are refused, because no lock would cover them.
   *
   * @default false
   */
  readonly claimsElsewhere?: boolean;
}

interface Storage {
  readonly runBucket: RunBucket;
  readonly journal: JournalBucket;
  readonly ledger: Ledger;
  readonly key: DeploymentKey | undefined;
}

type Operated = Pick<OperationsProps, 'key' | 'notify' | 'dashboard' | 'schedules'> & {
  readonly jobs: readonly Job[];
  readonly functions: PipelineFunctions;
};

/**
 * The service in the account and Region of a stack, which needs an explicit Region. One for each stack: its outputs, which the CLI looks
 * up by the name of the stack, have fixed names. Under the id `Default` it adds nothing to the logical ids of what is in it.
 */
export class KeyRewrap extends Construct {
  /** What runs: its `stateMachine` is the one whose executions are runs. */
  readonly pipeline: Pipeline;
  readonly #commands: CommandGrants;

  constructor(
    scope: Construct,
    id: string,
    {
      settings,
      allowPlaintextRoute = false,
      journalProtection = {},
      workerTimeout = Duration.minutes(15),
      managedPoliciesPerRole = MANAGED_POLICIES,
      takeOver = {},
      customerManagedKey = false,
      evidence = false,
      journalReaders = [],
      schedules = true,
      notify = [],
      dashboard = true,
      claimsElsewhere = false,
      stores = [],
      ...props
    }: KeyRewrapProps,
  ) {
    super(scope, id);
    const { region } = stackOfOne(this);
    const jobs = claimsElsewhere ? props.jobs : jobsOfStack(props.jobs, { region, allowPlaintextRoute });
    this.tell(jobs, settings);
    new StoreClaims(this, 'Stores', { claims: claimsIn(region, jobs) });
    const { runBucket, journal, ledger, key } = this.storage(journalProtection, takeOver, customerManagedKey);
    const logKey = key?.key;
    const functions = new PipelineFunctions(this, 'Functions', {
      ...{ jobs, allowPlaintextRoute, runBucket, journal, ledger, journalReaders, workerTimeout, logKey },
      ...{ tracing: props.tracing === true, evidenceKey: this.evidenceKey(evidence) },
      storeKeys: keysOfGiven(stores, jobs),
    });
    this.pipeline = pipelineAfter(stores, this, { ...props, functions, runBucket, logKey });
    this.#commands = new CommandGrants({ pipeline: this.pipeline, runBucket, ledger, key });
    new JournalTables(this, 'JournalTables', { jobs, journal, runBucket, keyArn: logKey?.keyArn });
    this.operate({ jobs, functions, schedules, key: logKey, notify, dashboard });
    this.checkRoomOf(jobs, { allowPlaintextRoute, managedPoliciesPerRole });
    this.tellCommands(allowPlaintextRoute);
  }

  /** The commands `status`, `watch` and `report` of the CLI: progress, plans and reports of all runs. */
  grantReadReports(grantee: IGrantable): Grant {
    return this.#commands.readReports(grantee);
  }

  /**
   * The commands `run` and `rollback`, and what `grantReadReports` gives. To IAM a migration and its rollback are the same call.
   * At a terminal `run` shows a plan first, which takes all that the function Plan may do; with `--yes` it does not.
   */
  grantStart(grantee: IGrantable): Grant {
    return this.#commands.start(grantee);
  }

  /** The commands `stop`, `pause`, `resume` and `rate` for runs that somebody has started, and what `grantReadReports` gives. */
  grantOperate(grantee: IGrantable): Grant {
    return this.#commands.operate(grantee);
  }

  /** The template holds what is deployed, so that the CLI plans those jobs and not a file that may differ. */
  private tell(jobs: readonly Job[], settings: DeploymentSettings | undefined): void {
    const { templateOptions } = Stack.of(this);
    templateOptions.metadata = {
      ...templateOptions.metadata,
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
    this.output('RunBucketName', runBucket.bucket.bucketName);
    this.output('JournalBucketName', journal.bucket.bucketName);
    this.output('LedgerTableName', ledger.table.tableName);
    return { runBucket, journal, ledger, key };
  }

  private evidenceKey(signs: boolean): EvidenceKey | undefined {
    if (!signs) return undefined;
    const made = new EvidenceKey(this, 'EvidenceKey');
    this.output('EvidenceKeyArn', made.key.keyArn);
    return made;
  }

  /** What starts runs by itself, what goes on after them, and what an operator sees. */
  private operate({ jobs, functions, schedules, ...shown }: Operated): void {
    const { pipeline } = this;
    const { undelivered } = new Schedules(this, 'Schedules', { jobs, pipeline, enabled: schedules });
    const givenUp = this.follow(jobs, functions);
    new Operations(this, 'Operations', {
      ...{
        stateMachine: pipeline.stateMachine,
        plan: functions.plan,
        undelivered,
        givenUp,
        schedules,
        ...shown,
      },
      watches: jobs.length > 0,
    });
  }

  private follow(jobs: readonly Job[], { followTable, followBucket }: PipelineFunctions): IQueue | undefined {
    if (followTable === undefined && followBucket === undefined) return undefined;
    const [tables, buckets] = [followedTables(jobs), followedBuckets(jobs)];
    return new Follow(this, 'Follow', { tables, buckets, followTable, followBucket }).givenUp;
  }

  private tellCommands(allowPlaintextRoute: boolean): void {
    this.output('StateMachineArn', this.pipeline.stateMachine.stateMachineArn);
    this.output('AllowPlaintextRoute', String(allowPlaintextRoute));
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value }).overrideLogicalId(name);
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

/** Two would collide in outputs that they share, which the CDK tells without saying why. */
function stackOfOne(second: KeyRewrap): Stack {
  const stack = Stack.of(second);
  const first = stack.node
    .findAll()
    .find(one => one instanceof KeyRewrap && one !== second && Stack.of(one) === stack);
  if (first === undefined) return stack;
  throw new JobsRefused(
    `${second.node.path}: the stack ${stack.node.path} has a KeyRewrap already, ${first.node.path}: give all jobs of the Region to that one, or make a stack of its own for this one`,
  );
}

/** The state machine is made after the stores that it works on. */
function pipelineAfter(stores: readonly GivenStore[], scope: Construct, props: PipelineProps): Pipeline {
  const pipeline = new Pipeline(scope, 'Pipeline', props);
  pipeline.node.addDependency(...stores);
  return pipeline;
}
