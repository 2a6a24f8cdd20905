import { RemovalPolicy, type Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { handlerCode, type Handler } from './handler-code.ts';

export interface PipelineFunctionProps {
  readonly handler: Handler;
  readonly description: string;
  readonly timeout: Duration;
  /** Files to add to the bundle: their names in the bundle and their paths here. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A stage of the pipeline as a function: one bundle, one role, one log group. */
export class PipelineFunction extends LambdaFunction {
  constructor(
    scope: Construct,
    id: string,
    { handler, description, timeout, files = {} }: PipelineFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // A dedicated role. The managed policy for Lambda may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      role,
      code: handlerCode(handler, files),
      handler: 'index.handler',
      description,
      timeout,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // The work is KMS and network. 512 MB is for the CPU share that keeps 32 calls in flight, not for the memory.
      memorySize: 512,
      logGroup,
      environment: { POWERTOOLS_LOG_LEVEL: 'INFO' },
    });
  }
}
