import { ArnFormat, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  DefinitionBody,
  Errors,
  Fail,
  type IChainable,
  LogLevel,
  QueryLanguage,
  StateMachine,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { PipelineFunctions } from '../functions/pipeline-functions.ts';
import type { RunBucket } from '../storage/run-bucket.ts';
import { MachineRole } from './machine-role.ts';
import { tryAgain } from './retry.ts';
import { UnitMap } from './unit-map.ts';

export interface PipelineProps {
  readonly functions: PipelineFunctions;
  readonly runBucket: RunBucket;
  /** Encrypts its log. @default a key of AWS */
  readonly logKey: IKey | undefined;
  /** @default false */
  readonly tracing?: boolean;
}

/** Errors as Lambda reports them are JSON; those of Step Functions itself are plain words. */
const WORDS_OF_ERROR = `{% $contains($error.Cause, '"errorMessage"') ? $parse($error.Cause).errorMessage : $error.Cause %}`;

/**
 * Plan → Migrate → Verify → Report → Succeeded. A census has no Verify, a verify run no Migrate, and a rollback has
 * Rollback instead; a scheduled run whose time has not come ends after Plan. Whatever fails is reported first and ends
 * in Failed, a real Fail state, so that a failed run never looks like a successful one.
 */
export class Pipeline extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { functions, runBucket, ...made }: PipelineProps) {
    super(scope, id);
    const { bucket } = runBucket;
    const failed = Fail.jsonata(this, 'Failed', { error: '{% $error.Error %}', cause: WORDS_OF_ERROR });
    const reportFailure = this.reportFailure(functions, failed);
    const plan = this.plan(functions, this.reportRefusal(functions, failed));
    const migrate = new UnitMap(this, 'Migrate', {
      bucket,
      worker: functions.migrateUnit,
      workerState: 'MigrateUnit',
      plaintextWorker: functions.migrateUnitPlaintext,
    });
    const verify = new UnitMap(this, 'Verify', {
      bucket,
      worker: functions.verifyUnit,
      workerState: 'VerifyUnit',
    });
    const rollback = new UnitMap(this, 'Rollback', {
      bucket,
      worker: functions.rollbackUnit,
      workerState: 'RollbackUnit',
    });
    const report = this.report(functions);
    for (const stage of [migrate, verify, rollback, report])
      stage.addCatch(reportFailure, { errors: [Errors.ALL], assign: { error: '{% $states.errorOutput %}' } });

    const verifies = Choice.jsonata(this, 'Verifies?')
      .when(Condition.jsonata('{% $plan.verifies %}'), verify)
      .otherwise(report);
    const migrates = Choice.jsonata(this, 'Migrates?')
      .when(Condition.jsonata('{% $exists($plan.waits) %}'), Succeed.jsonata(this, 'Not yet'))
      .when(Condition.jsonata('{% $plan.migrates %}'), migrate)
      .when(Condition.jsonata('{% $plan.rollsBack %}'), rollback)
      .otherwise(verifies);
    plan.next(migrates);
    migrate.next(verifies);
    for (const stage of [verify, rollback]) stage.next(report);
    report.next(Succeed.jsonata(this, 'Succeeded'));

    this.stateMachine = this.machine(plan, { runBucket, ...made });
    this.grantSeeingRuns(functions);
  }

  /**
   * Plan asks whether the run that holds a store is still alive. This is a policy of its own, because Plan's default
   * policy is created before the state machine.
   */
  private grantSeeingRuns({ plan }: PipelineFunctions): void {
    const { stateMachineName } = this.stateMachine;
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    plan.role?.attachInlinePolicy(
      new Policy(this, 'SeeRuns', {
        statements: [new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] })],
      }),
    );
  }

  private plan({ plan }: PipelineFunctions, refused: LambdaInvoke): LambdaInvoke {
    const state = LambdaInvoke.jsonata(this, 'Plan', {
      lambdaFunction: plan,
      payload: TaskInput.fromObject({
        runId: '{% $states.context.Execution.Name %}',
        stateMachineArn: '{% $states.context.StateMachine.Id %}',
        input: '{% $states.input %}',
      }),
      assign: { plan: '{% $states.result.Payload %}', manifests: [] },
      outputs: '{% $states.result.Payload %}',
      retryOnServiceExceptions: false,
    });
    tryAgain(state, 'stage');
    state.addCatch(refused, { errors: [Errors.ALL], assign: { error: '{% $states.errorOutput %}' } });
    return state;
  }

  /** A run that Plan refuses, or could not plan, is announced as one that fails: nobody may be watching a schedule. */
  private reportRefusal({ report }: PipelineFunctions, failed: Fail): LambdaInvoke {
    const state = LambdaInvoke.jsonata(this, 'ReportRefusal', {
      lambdaFunction: report,
      payload: TaskInput.fromObject({
        runId: '{% $states.context.Execution.Name %}',
        input: '{% $states.context.Execution.Input %}',
        refused: '{% $error %}',
        retries: '{% $states.context.State.RetryCount %}',
      }),
      outputs: '{% $states.result.Payload %}',
      retryOnServiceExceptions: false,
    });
    tryAgain(state, 'stage');
    state.addCatch(failed, { errors: [Errors.ALL] });
    state.next(failed);
    return state;
  }

  private report({ report }: PipelineFunctions): LambdaInvoke {
    const state = LambdaInvoke.jsonata(this, 'Report', {
      lambdaFunction: report,
      payload: TaskInput.fromObject({ runId: '{% $plan.runId %}', manifests: '{% $manifests %}' }),
      outputs: '{% $states.result.Payload %}',
      retryOnServiceExceptions: false,
    });
    tryAgain(state, 'stage');
    return state;
  }

  /** A failed run has a report of what it did, too. A broken premise says more than the map's own error. */
  private reportFailure({ report }: PipelineFunctions, failed: Fail): LambdaInvoke {
    const state = LambdaInvoke.jsonata(this, 'ReportFailure', {
      lambdaFunction: report,
      payload: TaskInput.fromObject({ runId: '{% $plan.runId %}', error: '{% $error %}' }),
      assign: {
        error:
          "{% $exists($states.result.Payload.brokenPremise) ? {'Error': 'PremiseBroken', 'Cause': $states.result.Payload.brokenPremise} : $exists($states.result.Payload.words) ? {'Error': $error.Error, 'Cause': $states.result.Payload.words} : $error %}",
      },
      outputs: '{% $states.result.Payload %}',
      retryOnServiceExceptions: false,
    });
    tryAgain(state, 'stage');
    state.addCatch(failed, { errors: [Errors.ALL] });
    state.next(failed);
    return state;
  }

  private machine(
    start: IChainable,
    { runBucket, logKey, tracing = false }: Pick<PipelineProps, 'runBucket' | 'logKey' | 'tracing'>,
  ): StateMachine {
    const role = new MachineRole(this, 'StateMachineRole', { files: 'runs/*' });
    runBucket.grantKey(role);
    return new StateMachine(this, 'StateMachine', {
      role,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(start),
      comment: 'kms-rewrap: Plan, Migrate, Verify, Report',
      tracingEnabled: tracing,
      logs: {
        destination: new LogGroup(this, 'Logs', {
          logGroupName: vendedLogs(Stack.of(this)),
          ...(logKey !== undefined && { encryptionKey: logKey }),
          retention: RetentionDays.ONE_YEAR,
          removalPolicy: RemovalPolicy.RETAIN,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
  }
}

/**
 * Step Functions writes to each log group by a line in the account's resource policy of CloudWatch Logs, which may have 5,120
 * characters, but needs none for names that begin so (Step Functions developer guide, logging). The id of the stack makes the
 * name its own: the log group of a deleted stack stays.
 */
function vendedLogs({ stackName, stackId }: Stack): string {
  return `/aws/vendedlogs/states/${stackName}-${Fn.select(2, Fn.split('/', stackId))}`;
}
