import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { DeploymentKey } from '../storage/deployment-key.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { RunBucket } from '../storage/run-bucket.ts';

/** The parts of the service that commands use. */
export interface OfCommands {
  readonly pipeline: Pipeline;
  readonly runBucket: RunBucket;
  readonly ledger: Ledger;
  readonly key: DeploymentKey | undefined;
}

/**
 * What people need to run commands of the CLI, and nothing else. `.ci/pages/cli-permissions.mjs` has the reasons, and
 * test/permissions/grant-verbs.test.ts shows that every one is needed.
 */
export class CommandGrants {
  readonly #of: OfCommands;

  constructor(of: OfCommands) {
    this.#of = of;
  }

  /** status, watch, report */
  readReports(grantee: IGrantable): Grant {
    const { pipeline, runBucket, ledger, key } = this.#of;
    const { stateMachine } = pipeline;
    const { bucket } = runBucket;
    const stack = Stack.of(pipeline);
    const allow = (actions: string[], resourceArns: string[], conditions = {}): Grant =>
      Grant.addToPrincipal({ grantee, actions, resourceArns, conditions });
    // By its name: a reference would tie the stack of the grantee to an id that changes when the stack is made again.
    const ofStack = stack.formatArn({
      ...{ service: 'cloudformation', resource: 'stack', resourceName: `${stack.stackName}/*` },
    });
    for (const service of ['s3', 'dynamodb'] as const) key?.allow(grantee, service, ['kms:Decrypt']);
    return [
      allow(['cloudformation:DescribeStacks'], [ofStack]),
      stateMachine.grantExecution(grantee, 'states:DescribeExecution'),
      allow(['s3:GetObject'], [bucket.arnForObjects('runs/*')]),
      // IfExists: S3 asks for this permission, without a prefix, to answer 404 for a report that is not there yet.
      allow(['s3:ListBucket'], [bucket.bucketArn], { StringLikeIfExists: { 's3:prefix': 'runs/*' } }),
      allow(['dynamodb:Query', 'dynamodb:GetItem'], [ledger.table.tableArn]),
    ].reduce((all, one) => all.combine(one), stateMachine.grant(grantee, 'states:ListExecutions'));
  }

  /** run, rollback */
  start(grantee: IGrantable): Grant {
    const started = this.#of.pipeline.stateMachine.grant(grantee, 'states:StartExecution');
    return this.readReports(grantee).combine(started);
  }

  /** stop, pause, resume, rate */
  operate(grantee: IGrantable): Grant {
    const { tableArn } = this.#of.ledger.table;
    const controlled = Grant.addToPrincipal({
      ...{ grantee, actions: ['dynamodb:UpdateItem'], resourceArns: [tableArn] },
    });
    return this.readReports(grantee).combine(controlled);
  }
}
