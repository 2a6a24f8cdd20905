import { Annotations } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DistributedMap,
  OutputType,
  ProcessorMode,
  ProcessorType,
  QueryLanguage,
  ResultWriterV2,
  S3JsonLItemReader,
  StateMachineType,
  Succeed,
  TaskInput,
  Transformation,
  Wait,
  WaitTime,
  WriterConfig,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { tryAgain } from './retry.ts';

export interface UnitMapProps {
  readonly bucket: IBucket;
  readonly worker: IFunction;
  /** Name of the worker's state: that of the stage. */
  readonly workerState: string;
  /** The worker for units that are marked for it. */
  readonly plaintextWorker?: IFunction | undefined;
}

/**
 * A distributed map over the units of the run, read as JSON Lines from the run bucket. Each child calls the worker
 * until its unit is done. Concurrency and tolerance come from the plan, so that one state machine serves all jobs.
 */
export class UnitMap extends DistributedMap {
  constructor(scope: Construct, id: string, props: UnitMapProps) {
    const { bucket } = props;
    super(scope, id, {
      queryLanguage: QueryLanguage.JSONATA,
      mapExecutionType: StateMachineType.STANDARD,
      itemReader: new S3JsonLItemReader({ bucket, key: '{% $plan.unitsKey %}' }),
      jsonataMaxConcurrency: '{% $plan.maxConcurrency %}',
      resultWriterV2: new ResultWriterV2({
        bucket,
        prefix: `{% $plan.resultsPrefix & '/${id.toLowerCase()}' %}`,
        writerConfig: new WriterConfig({
          transformation: Transformation.COMPACT,
          outputType: OutputType.JSONL,
        }),
      }),
      assign: { manifests: '{% $append($manifests, [$states.result.ResultWriterDetails.Key]) %}' },
    });
    this.itemProcessor(byRoute(scope, props), {
      mode: ProcessorMode.DISTRIBUTED,
      executionType: ProcessorType.STANDARD,
    });
    // The L2 requires the type here, and then warns that it uses the one above.
    Annotations.of(this).acknowledgeWarning('@aws-cdk/aws-stepfunctions:propertyIgnored');
  }

  /** The L2 accepts only a number, although the language allows an expression. */
  override toStateJson(): object {
    return { ...super.toStateJson(), ToleratedFailurePercentage: '{% $plan.toleratedFailurePercentage %}' };
  }
}

/** If the deployment has a worker for plaintext data keys, each unit says whether it needs that worker. */
function byRoute(
  scope: Construct,
  { worker, workerState, plaintextWorker }: UnitMapProps,
): Choice | LambdaInvoke {
  const work = workUntilDone(scope, workerState, worker);
  if (plaintextWorker === undefined) return work;
  return Choice.jsonata(scope, `${workerState} by route`)
    .when(
      Condition.jsonata('{% $exists($states.input.plaintext) and $states.input.plaintext %}'),
      workUntilDone(scope, `${workerState}Plaintext`, plaintextWorker),
    )
    .otherwise(work);
}

/**
 * The child execution was started with the unit. From the second round on, the state's own input is the worker's last answer,
 * with what the next one needs to know of the rounds before.
 */
const UNIT_IN_ROUND =
  "{% $merge([$states.context.Execution.Input, {'round': $merge([$states.input.round, {'retries': $states.context.State.RetryCount}])}]) %}";

function workUntilDone(scope: Construct, workerState: string, worker: IFunction): LambdaInvoke {
  const work = LambdaInvoke.jsonata(scope, workerState, {
    lambdaFunction: worker,
    payload: TaskInput.fromText(UNIT_IN_ROUND),
    outputs: '{% $states.result.Payload %}',
    retryOnServiceExceptions: false,
  });
  tryAgain(work, 'worker');
  // The worker says how long (lambda/core/account/rounds.ts).
  const paused = Wait.jsonata(scope, `${workerState} paused`, {
    time: WaitTime.seconds('{% $states.input.waitSeconds %}'),
  });
  const done = Choice.jsonata(scope, `${workerState} done?`)
    .when(Condition.jsonata('{% $states.input.done %}'), Succeed.jsonata(scope, `${workerState} done`))
    .when(Condition.jsonata('{% $exists($states.input.waitSeconds) %}'), paused)
    .otherwise(work);
  paused.next(work);
  work.next(done);
  return work;
}
