import {
  DeleteStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  UpdateTerminationProtectionCommand,
  type CloudFormationClient,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { errorNameOf, until } from '../waiting.ts';
import type { Clients } from '../world.ts';
import type { Ledger } from './ledger.ts';
import type { Removal } from './outcome.ts';
import { TAG, type Thing, type ThingKind } from './thing.ts';

/** What a stack of kms-rewrap or of the CDK may keep when it goes. */
const KEPT: Readonly<Record<string, ThingKind>> = {
  'AWS::S3::Bucket': 'bucket',
  'AWS::DynamoDB::Table': 'table',
  'AWS::Logs::LogGroup': 'log-group',
};

/** Of its resources, those that may stay come into the ledger first, because nothing names them once the stack is gone. */
export async function removeStack(
  { cloudFormation }: Clients,
  ledger: Ledger,
  { name: StackName, region }: Thing,
): Promise<Removal> {
  const { id } = ledger.run;
  const stack = await described(cloudFormation, StackName);
  if (stack === undefined) return { kind: 'not-there' };
  const isTagged = stack.Tags?.some(({ Key, Value }) => Key === TAG && Value === id) === true;
  // A stack whose first change set was never executed has no resources, and gets its tags with them.
  if (!isTagged && stack.StackStatus !== 'REVIEW_IN_PROGRESS')
    return { kind: 'not-ours', why: `it does not have the tag ${TAG} with the value ${id}` };
  for (const thing of await kept(cloudFormation, StackName, region)) ledger.makes(thing);
  if (stack.EnableTerminationProtection === true) {
    const unprotected = { StackName, EnableTerminationProtection: false };
    await cloudFormation.send(new UpdateTerminationProtectionCommand(unprotected));
  }
  await cloudFormation.send(new DeleteStackCommand({ StackName }));
  return until<Removal>(`the stack ${StackName} is gone`, () => ended(cloudFormation, stack), {
    seconds: 600,
  });
}

/** By its id, a stack can be seen after it is gone. */
async function ended(
  cloudFormation: CloudFormationClient,
  { StackId = '' }: Stack,
): Promise<Removal | undefined> {
  const now = await described(cloudFormation, StackId);
  if (now === undefined || now.StackStatus === 'DELETE_COMPLETE') return { kind: 'removed' };
  if (now.StackStatus === 'DELETE_FAILED')
    throw new Error(`CloudFormation could not delete it: ${now.StackStatusReason}`);
  return undefined;
}

async function described(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<Stack | undefined> {
  try {
    return (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    if (errorNameOf(error) === 'ValidationError') return undefined;
    throw error;
  }
}

async function kept(
  cloudFormation: CloudFormationClient,
  StackName: string,
  region: string,
): Promise<readonly Thing[]> {
  const things: Thing[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: cloudFormation },
    { StackName },
  ))
    for (const { ResourceType = '', PhysicalResourceId: name = '' } of StackResourceSummaries) {
      const kind = KEPT[ResourceType];
      if (kind !== undefined && name !== '') things.push({ kind, region, name });
    }
  return things;
}
