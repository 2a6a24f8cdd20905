import { RemovalPolicy, Stack, type Duration } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ENV } from '../../lambda/handlers/env.ts';
import type { Grant } from '../grants/grant.ts';
import { policiesOf } from './policy-statements.ts';
import { ROOM_OF_JOBS } from './role-room.ts';
import { handlerCode } from './handler-code.ts';
import type { Handler } from './handlers.ts';

export interface PipelineFunctionProps {
  readonly handler: Handler;
  readonly description: string;
  readonly timeout: Duration;
  /** Encrypts its log. @default a key of AWS */
  readonly logKey: IKey | undefined;
  readonly tracing: boolean;
  /** Files to add to the bundle: their names in the bundle and their paths here. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A stage of the pipeline as a function: one bundle, one role, one log group. */
export class PipelineFunction extends LambdaFunction {
  readonly #grants: Grant[] = [];
  readonly #role: Role;

  constructor(
    scope: Construct,
    id: string,
    { handler, description, timeout, logKey, tracing, files = {} }: PipelineFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      ...(logKey !== undefined && { encryptionKey: logKey }),
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
      ...(tracing && { tracing: Tracing.ACTIVE }),
      environment: { POWERTOOLS_LOG_LEVEL: 'INFO', [ENV.deployment]: Stack.of(scope).stackName },
    });
    this.#role = role;
  }

  /** What jobs need. The statements are made at the end (`settle`), because those of all calls together are fewer. */
  allow(grants: readonly Grant[]): void {
    this.#grants.push(...grants);
  }

  /**
   * Gives the role what all `allow` have asked for: in its own policy as far as there is room, beside what every deployment
   * needs, and then in managed policies.
   */
  settle(): void {
    const [inline = [], ...managed] = policiesOf(this.#grants, index =>
      index === 0 ? ROOM_OF_JOBS.inline : ROOM_OF_JOBS.managed,
    );
    for (const statement of inline) this.addToRolePolicy(statement);
    for (const [index, statements] of managed.entries())
      new ManagedPolicy(this.#role, `Jobs${index + 1}`, {
        description: `kms-rewrap: what ${this.node.id} may do for its jobs`,
        statements: [...statements],
        roles: [this.#role],
      });
  }

  get roleArn(): string {
    return this.#role.roleArn;
  }
}
