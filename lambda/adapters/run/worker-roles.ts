import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { ClientConfig } from '../aws/client-config.ts';
import { nameOf } from '../aws/errors.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

/**
 * Logical ids of the roles of functions that use source keys (lib/pipeline): MigrateUnit, and MigrateUnitPlaintext. A stack of somebody's app may
 * have other roles beside them.
 */
const WORKER = /FunctionsMigrateUnit(?:Plaintext)?Role[0-9A-F]{8}$/;

/** ARNs, without paths, of the roles of a deployment's workers; none where there is no deployment. */
export async function workerRoles(
  stackName: string,
  { account, partition }: { readonly account: string; readonly partition: string },
  config: ClientConfig,
): Promise<readonly string[]> {
  const client = withNamedCalls(new CloudFormationClient(config), 'cloudformation');
  try {
    const roles: string[] = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client },
      { StackName: stackName },
    ))
      for (const { ResourceType, LogicalResourceId = '', PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === 'AWS::IAM::Role' && WORKER.test(LogicalResourceId) && PhysicalResourceId)
          roles.push(`arn:${partition}:iam::${account}:role/${PhysicalResourceId}`);
    return roles;
  } catch (error) {
    if (nameOf(error) === 'ValidationError') return [];
    throw error;
  } finally {
    client.destroy();
  }
}
