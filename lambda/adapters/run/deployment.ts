import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import type { Job } from '../../core/model/job.ts';
import {
  SETTINGS_METADATA,
  settingsInText,
  type DeployedSettings,
} from '../../core/job/deployed-settings.ts';
import { JOBS_METADATA, jobsInText } from '../../core/job/deployed-jobs.ts';
import { nameOf } from '../aws/errors.ts';
import { callerTrouble } from '../aws/caller-trouble.ts';
import { wordsForCaller } from '../aws/failure.ts';
import type { ClientConfig } from '../aws/client-config.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

/** The resources of a deployed stack, as named by its outputs. */
export interface Deployment {
  readonly stateMachineArn: string;
  readonly runBucket: string;
  readonly journalBucket: string;
  readonly ledgerTable: string;
  readonly allowPlaintextRoute: boolean;
}

/** There is no deployment in this account and Region, or it cannot be read. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

export async function findDeployment(stackName: string, config: ClientConfig): Promise<Deployment> {
  const client = withNamedCalls(new CloudFormationClient(config), 'cloudformation');
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
    // Whether there is a deployment is not known if AWS could not be asked.
    if (error instanceof NotDeployed || callerTrouble(error, {}) !== undefined) throw error;
    if (nameOf(error) === 'ValidationError')
      throw new NotDeployed(
        `stack ${stackName} is not deployed in this account and Region; run npx cdk deploy --all, or name another --deployment, --region or --profile`,
      );
    throw new NotDeployed(`stack ${stackName} cannot be looked up: ${wordsForCaller(error)}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

/** `unknown`: an earlier version deployed the stack, and its template does not hold its jobs. */
export type DeployedJobs =
  | {
      readonly kind: 'jobs';
      readonly jobs: readonly Job[];
      /** Absent where an earlier version has deployed the stack. */
      readonly settings?: DeployedSettings;
    }
  | { readonly kind: 'no-stack' }
  | { readonly kind: 'unknown' };

/** The deployed jobs of a stack, read from its template. */
export async function deployedJobs(stackName: string, config: ClientConfig): Promise<DeployedJobs> {
  const client = withNamedCalls(new CloudFormationClient(config), 'cloudformation');
  try {
    const { Metadata } = (await templateOf(client, stackName)) as {
      readonly Metadata?: Readonly<Record<string, unknown>>;
    };
    const jobs = jobsInText(Metadata?.[JOBS_METADATA]);
    const settings = settingsInText(Metadata?.[SETTINGS_METADATA]);
    return jobs === undefined
      ? { kind: 'unknown' }
      : { kind: 'jobs', jobs, ...(settings !== undefined && { settings }) };
  } catch (error) {
    if (callerTrouble(error, {}) !== undefined) throw error;
    if (nameOf(error) === 'ValidationError') return { kind: 'no-stack' };
    throw new NotDeployed(`the template of stack ${stackName} cannot be read: ${wordsForCaller(error)}`, {
      cause: error,
    });
  } finally {
    client.destroy();
  }
}

/** The template of a stack, as it was deployed. */
export async function stackTemplate(stackName: string, config: ClientConfig): Promise<unknown> {
  const client = withNamedCalls(new CloudFormationClient(config), 'cloudformation');
  try {
    return await templateOf(client, stackName);
  } finally {
    client.destroy();
  }
}

async function templateOf(client: CloudFormationClient, stackName: string): Promise<unknown> {
  const { TemplateBody = '{}' } = await client.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return JSON.parse(TemplateBody) as unknown;
}
