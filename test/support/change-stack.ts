import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Change,
  type CreateChangeSetCommandInput,
  type Stack,
} from '@aws-sdk/client-cloudformation';

export interface Changed {
  readonly changes: readonly string[];
  readonly stack: Stack;
}

let sets = 0;

/** Creates or updates a stack by a change set, as the CDK CLI does. A change set without changes is not executed. */
export async function changeStack(
  client: CloudFormationClient,
  StackName: string,
  template: object,
  more: Partial<CreateChangeSetCommandInput> = {},
): Promise<Changed> {
  const known = await client.send(new DescribeStacksCommand({})).then(({ Stacks = [] }) => Stacks);
  const exists = known.some(stack => stack.StackName === StackName);
  const ChangeSetName = `set-${++sets}`;
  await client.send(
    new CreateChangeSetCommand({
      ...{ StackName, ChangeSetName, ChangeSetType: exists ? 'UPDATE' : 'CREATE' },
      TemplateBody: JSON.stringify(template),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ...more,
    }),
  );
  const {
    Changes = [],
    Status,
    StatusReason = '',
  } = await client.send(new DescribeChangeSetCommand({ StackName, ChangeSetName }));
  if (Status === 'FAILED') throw new Error(StatusReason);
  await client.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName }));
  return { changes: Changes.map(wordsOf), stack: await stackNamed(client, StackName) };
}

function wordsOf({ ResourceChange: { Action, LogicalResourceId, Replacement } = {} }: Change): string {
  return `${Action} ${LogicalResourceId}${Replacement === 'True' ? ' by a new one' : ''}`;
}

export async function stackNamed(client: CloudFormationClient, StackName: string): Promise<Stack> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]!;
}
