import { Stack, type App } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Job } from '../../lambda/core/model/job.ts';
import { destinationRegion, sourceRegion } from '../../lambda/core/model/job-regions.ts';
import { writtenPlace } from '../../lambda/core/stores/places.ts';
import { JobsRefused } from '../jobs/jobs-refused.ts';

/** A table or bucket that a deployment writes to. */
interface Claim {
  /** Of the parameter: the same for every deployment. */
  readonly name: string;
  /** Of the store. */
  readonly region: string;
  /** Whose ledger has the lock of the store. */
  readonly heldIn: string;
  readonly job: string;
}

/**
 * One deployment for each store that is written to. The lock of a store is in the ledger of a deployment, which others do
 * not see. So each store has a parameter whose name is the same in every deployment, in the Region of the store:
 * CloudFormation cannot make a second one, and the deployment that tries is refused as a whole.
 *
 * An update narrows the roles first, and removes what is no longer in the template last. So when a job moves to another
 * deployment, workers of the former can no longer write by the time the claim is free.
 */
export class StoreClaims extends Construct {
  constructor(scope: Construct, id: string, { claims }: { readonly claims: readonly Claim[] }) {
    super(scope, id);
    for (const { name, heldIn } of claims)
      new StringParameter(this, name, {
        parameterName: name,
        stringValue: `${Stack.of(this).stackName} in ${heldIn}`,
        description: 'kms-rewrap: the deployment whose runs write to this store, and no other one',
      });
  }
}

/** The stores in a Region that jobs write to, each once. */
export function claimsIn(region: string, jobs: readonly Job[]): readonly Claim[] {
  const claims = jobs.flatMap(claimsOf).filter(claim => claim.region === region);
  return claims.filter(({ name }, at) => claims.findIndex(other => other.name === name) === at);
}

/** Claims of stores in Regions without a ledger of those jobs: a stack for each, made before the stack that uses them. */
export function deployClaims(
  app: App,
  { jobs, deployment, users }: { jobs: readonly Job[]; deployment: string; users: readonly Stack[] },
): void {
  refuseTwoLedgers(jobs);
  const remote = jobs.flatMap(claimsOf).filter(({ region, heldIn }) => region !== heldIn);
  for (const region of new Set(remote.map(claim => claim.region))) {
    const stackName = `${deployment}Claims`;
    const account = process.env['CDK_DEFAULT_ACCOUNT'];
    const stack = new Stack(app, `${stackName}-${region}`, {
      stackName,
      description: 'kms-rewrap: the stores of this Region that a deployment elsewhere writes to',
      env: { region, ...(account !== undefined && { account }) },
    });
    const claims = remote.filter(claim => claim.region === region);
    new StoreClaims(stack, 'Stores', {
      claims: claims.filter(({ name }, at) => claims.findIndex(other => other.name === name) === at),
    });
    for (const user of users)
      if (claims.some(({ heldIn }) => heldIn === user.region)) user.addStackDependency(stack);
  }
}

function claimsOf(job: Job): readonly Claim[] {
  return job.stores.map(store => {
    const { type, account, name, region = sourceRegion(job) } = writtenPlace(store, sourceRegion(job));
    return {
      // The claim of a store of another account is here, where its lock is: another deployment in this account sees it.
      name: ['/kms-rewrap/stores', type, account, name].filter(part => part !== undefined).join('/'),
      region,
      heldIn: destinationRegion(job),
      job: job.name,
    };
  });
}

/** A deployment has a ledger in each Region of destination keys, and no run sees the locks of another ledger. */
function refuseTwoLedgers(jobs: readonly Job[]): void {
  const claims = jobs.flatMap(claimsOf);
  const lines = claims.flatMap((claim, at) => {
    const other = claims
      .slice(0, at)
      .find(
        ({ name, region, heldIn }) =>
          name === claim.name && region === claim.region && heldIn !== claim.heldIn,
      );
    if (other === undefined) return [];
    const store = claim.name.split('/').slice(3).join(' ');
    return [
      `job ${claim.job}: writes to ${store} in ${claim.region}, as the job ${other.job} does, but its destination is in ${claim.heldIn} and that of the other in ${other.heldIn}, so that neither would see the other's lock; write to one store from one Region, one job after the other`,
    ];
  });
  if (lines.length > 0) throw new JobsRefused([...new Set(lines)].join('\n'));
}
