import { findDeployment, NotDeployed } from '../../lambda/adapters/run/deployment.ts';
import { workerRoles } from '../../lambda/adapters/run/worker-roles.ts';
import type { Where } from '../context/command-context.ts';

/** The roles that re-wrap data keys for a deployment, so that their use of a key is told from that of others; none where nothing is deployed. */
export async function ownRoles({ deployment, aws }: Where): Promise<readonly string[]> {
  try {
    const { stateMachineArn } = await findDeployment(deployment, aws);
    const [, partition = '', , , account = ''] = stateMachineArn.split(':');
    return await workerRoles(deployment, { account, partition }, aws);
  } catch (error) {
    if (error instanceof NotDeployed) return [];
    throw error;
  }
}
