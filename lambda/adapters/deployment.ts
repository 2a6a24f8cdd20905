import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { Job } from '../core/model/job.ts';
import { JOBS_METADATA } from '../core/job/deployed-jobs.ts';
import { messageOf, nameOf } from './aws-errors.ts';
import type { ClientConfig } from './client-config.ts';

/** A deployed stack's resources, as its outputs name them. */
export interface Deployment {
  readonly stateMachineArn: string;
  readonly runBucket: string;
  readonly journalBucket: string;
  readonly ledgerTable: string;
  readonly allowPlaintextRoute: boolean;
}

/** There is no deployment where it was looked for, or it cannot be read. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

export async function findDeployment(stackName: string, config: ClientConfig): Promise<Deployment> {
  const client = new CloudFormationClient(config);
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = new Map(
      (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    const output = (name: string): string => {
      const value = outputs.get(name);
      if (value === undefined)
        throw new NotDeployed(`stack ${stackName} has no output ${name}; deploy it again with this version`);
      return value;
    };
    return {
      stateMachineArn: output('StateMachineArn'),
      runBucket: output('RunBucketName'),
      journalBucket: output('JournalBucketName'),
      ledgerTable: output('LedgerTableName'),
      allowPlaintextRoute: output('AllowPlaintextRoute') === 'true',
    };
  } catch (error) {
    if (error instanceof NotDeployed) throw error;
    if (nameOf(error) === 'ValidationError')
      throw new NotDeployed(
        `stack ${stackName} is not deployed in this account and Region; run cdk deploy, or name another --region or --profile`,
      );
    throw new NotDeployed(`stack ${stackName} cannot be looked up: ${messageOf(error)}`, { cause: error });
  } finally {
    client.destroy();
  }
}

/**
 * The jobs of a stack, as they were deployed: its template carries them. `undefined` where there is no stack, or one of a
 * version that did not.
 */
export async function deployedJobs(
  stackName: string,
  config: ClientConfig,
): Promise<readonly Job[] | undefined> {
  const client = new CloudFormationClient(config);
  try {
    const { TemplateBody = '{}' } = await client.send(
      new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
    );
    const { Metadata } = JSON.parse(TemplateBody) as {
      readonly Metadata?: Readonly<Record<string, unknown>>;
    };
    return Metadata?.[JOBS_METADATA] as readonly Job[] | undefined;
  } catch (error) {
    if (nameOf(error) === 'ValidationError') return undefined;
    throw new NotDeployed(`the template of stack ${stackName} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}
