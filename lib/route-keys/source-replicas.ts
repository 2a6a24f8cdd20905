import { CfnOutput, Stack, type App, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { parseKeyReference } from '../../lambda/core/model/arn.ts';
import { DEFAULT_DEPLOYMENT } from '../../lambda/core/job/deployed-settings.ts';
import type { Job } from '../../lambda/core/model/job.ts';
import { destinationRegion } from '../../lambda/core/model/job-regions.ts';
import { ReplicaKey } from './replica-key.ts';

const HOW_TO_REMOVE =
  'When the last migration by these replicas has been verified: delete this stack, then schedule the deletion of the replicas. Their primary keys are not touched.';

interface SourceReplicasProps extends StackProps {
  readonly primaryKeyArns: readonly string[];
}

/** Replicas of source keys in the destination Region, for the route multi-region. */
class SourceReplicasStack extends Stack {
  constructor(scope: Construct, id: string, { primaryKeyArns, ...props }: SourceReplicasProps) {
    super(scope, id, { description: 'kms-rewrap: replicas of source keys', ...props });
    for (const primaryKeyArn of primaryKeyArns)
      new ReplicaKey(this, primaryKeyArn.split('/')[1] ?? '', {
        primaryKeyArn,
        description: `kms-rewrap: replica of ${primaryKeyArn}`,
      });
    new CfnOutput(this, 'HowToRemove', { value: HOW_TO_REMOVE });
  }
}

/** Deploys the replicas that jobs ask for: a stack for each account and Region. */
export function deploySourceReplicas(app: App, jobs: readonly Job[], deployment = DEFAULT_DEPLOYMENT): void {
  const stackName = `${deployment}Replicas`;
  const places = new Map<string, { region: string; account: string; arns: Set<string> }>();
  for (const job of jobs.filter(({ route }) => route.deployReplicas === true)) {
    const region = destinationRegion(job);
    for (const { key } of job.source.keys) {
      const account = parseKeyReference(key)?.account ?? '';
      const place = places.get(`${account}-${region}`) ?? { region, account, arns: new Set() };
      place.arns.add(key);
      places.set(`${account}-${region}`, place);
    }
  }
  for (const [id, { region, account, arns }] of places)
    new SourceReplicasStack(app, `${stackName}-${id}`, {
      stackName,
      primaryKeyArns: [...arns].sort(),
      env: { region, account },
    });
}
