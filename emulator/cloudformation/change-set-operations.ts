import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../protocol/aws-error.ts';
import type { OperationContext } from '../protocol/json-protocol.ts';
import { needCapabilities } from './capabilities.ts';
import { NO_CHANGES, type ChangeSet } from './change-set.ts';
import type { CloudFormation } from './cloudformation.ts';
import { Form } from './form.ts';
import { idOf } from './names.ts';
import type { Plan } from './plan.ts';
import { needUsableRole } from './permissions.ts';
import { execute } from './run.ts';
import type { Place, Stack, Tag } from './stack.ts';
import { templateOf } from './template-source.ts';
import { invalid } from './template-text.ts';
import { xml } from './xml.ts';

const CREATE = [
  ...['StackName', 'ChangeSetName', 'ChangeSetType', 'TemplateBody', 'TemplateURL', 'UsePreviousTemplate'],
  ...['Parameters', 'Capabilities', 'RoleARN', 'Tags', 'Description', 'ClientToken', 'IncludeNestedStacks'],
  ...['ImportExistingResources', 'DeploymentConfig'],
];

/** An operation is over when its resources are stable. */
const ONLY = { 'DeploymentConfig.Mode': 'STANDARD' };

export async function createChangeSet(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): Promise<string> {
  const form = new Form(parameters);
  form.needKnown(CREATE);
  form.needOnly(ONLY);
  const stack = stackFor(cloudFormation, form, placeOf(context));
  const name = form.needed('ChangeSetName');
  if (cloudFormation.changeSets.some(one => one.stack === stack && one.name === name))
    throw new AwsError(
      'AlreadyExistsException',
      `ChangeSet ${name} cannot be created because it already exists`,
    );
  const roleArn = form.text('RoleARN') ?? stack.roleArn;
  if (form.text('RoleARN') !== undefined) needUsableRole(cloudFormation, roleArn ?? '', context);
  const { template, templateBody } = await templateOf(cloudFormation, { form, stack }, context);
  const plan = cloudFormation.plan(stack, { template, templateBody, ...givenIn(form, stack) }, context.iam);
  const capabilities = form.texts('Capabilities');
  needCapabilities(plan, capabilities);
  const tags = form.members('Tags').map(({ Key = '', Value = '' }): Tag => ({ key: Key, value: Value }));
  const changeSet: ChangeSet = {
    ...{ name, stack, plan, tags, capabilities, roleArn, createdAt: Date.now() },
    id: idOfChangeSet(stack, name, cloudFormation.changeSets.length),
    type: stack.content === undefined ? 'CREATE' : 'UPDATE',
    onContent: stack.content,
    description: form.text('Description'),
    failure: isNothing(plan, { stack, tags }) ? NO_CHANGES : undefined,
  };
  if (cloudFormation.stacks.find(stack.stackId, stack.place) === undefined) cloudFormation.stacks.add(stack);
  cloudFormation.changeSets.push(changeSet);
  return xml({ Id: changeSet.id, StackId: stack.stackId });
}

export function placeOf({ region, caller: { accountId } }: OperationContext): Place {
  return { region, accountId };
}

/** The stack to change, or a new one in which there is nothing yet. */
function stackFor({ stacks }: CloudFormation, form: Form, place: Place): Stack {
  const name = form.needed('StackName');
  const found = stacks.find(name, place);
  if (form.text('ChangeSetType') === 'CREATE') {
    if (found === undefined) return stacks.next(name, place);
    if (found.status !== 'REVIEW_IN_PROGRESS')
      throw invalid(
        `Stack [${name}] already exists and cannot be created again with the changeSet [${form.text('ChangeSetName')}].`,
      );
    return found;
  }
  if (found === undefined || found.status === 'REVIEW_IN_PROGRESS')
    throw invalid(`Stack [${name}] does not exist`);
  if (!/^(CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/.test(found.status))
    throw invalid(`Stack:${found.stackId} is in ${found.status} state and can not be updated.`);
  return found;
}

function givenIn(form: Form, stack: Stack) {
  const members = form.members('Parameters');
  const kept = members.filter(({ UsePreviousValue }) => UsePreviousValue === 'true');
  const given = members.filter(one => !kept.includes(one));
  return {
    given: Object.fromEntries(
      given.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    keep: kept.map(({ ParameterKey = '' }) => ParameterKey),
    previous: stack.content?.parameters ?? {},
  };
}

function idOfChangeSet({ stackId }: Stack, name: string, number: number): string {
  const place = stackId.split(':').slice(0, 5).join(':');
  return `${place}:changeSet/${name}/${idOf(`${stackId} ${name} ${number}`)}`;
}

function isNothing(
  { steps, removed, content }: Plan,
  { stack, tags }: { readonly stack: Stack; readonly tags: readonly Tag[] },
): boolean {
  return (
    stack.content !== undefined &&
    steps.length === 0 &&
    removed.length === 0 &&
    isDeepStrictEqual(content.template, stack.content.template) &&
    isDeepStrictEqual(content.outputs, stack.content.outputs) &&
    isDeepStrictEqual(tags, stack.tags)
  );
}

export function changeSetOf({ changeSets, stacks }: CloudFormation, form: Form, place: Place): ChangeSet {
  const reference = form.needed('ChangeSetName');
  const stackName = form.text('StackName');
  const stack = stackName === undefined ? undefined : stacks.find(stackName, place);
  const found = changeSets.find(
    ({ id, name, stack: own }) => id === reference || (name === reference && own === stack),
  );
  if (found === undefined)
    throw new AwsError('ChangeSetNotFound', `ChangeSet [${reference}] does not exist`, { status: 404 });
  return found;
}

/** All change sets of the stack go with the one that is executed. */
export async function executeChangeSet(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): Promise<string> {
  const form = new Form(parameters);
  form.needKnown([
    'ChangeSetName',
    'StackName',
    'ClientRequestToken',
    'DisableRollback',
    'RetainExceptOnCreate',
  ]);
  form.needOnly({ DisableRollback: 'false', RetainExceptOnCreate: 'false' });
  const { stack, plan, failure, onContent, tags, capabilities, roleArn } = changeSetOf(
    cloudFormation,
    form,
    placeOf(context),
  );
  if (failure !== undefined || onContent !== stack.content)
    throw new AwsError(
      'InvalidChangeSetStatus',
      `ChangeSet [${form.needed('ChangeSetName')}] cannot be executed in its current status`,
    );
  Object.assign(stack, {
    tags,
    capabilities,
    roleArn,
    ...(onContent !== undefined && { updatedAt: Date.now() }),
  });
  forget(cloudFormation, one => one.stack === stack);
  await execute(plan, {
    stack,
    acting: cloudFormation.acting(stack, context),
    resources: cloudFormation.resources,
  });
  return '';
}

export function deleteChangeSet(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): string {
  const form = new Form(parameters);
  form.needKnown(['ChangeSetName', 'StackName']);
  const stackName = form.text('StackName');
  const stack = stackName === undefined ? undefined : cloudFormation.stacks.find(stackName, placeOf(context));
  const reference = form.needed('ChangeSetName');
  // One that is not there is deleted already.
  forget(
    cloudFormation,
    ({ id, name, stack: own }) => id === reference || (name === reference && own === stack),
  );
  return '';
}

function forget({ changeSets }: CloudFormation, which: (changeSet: ChangeSet) => boolean): void {
  const kept = changeSets.filter(one => !which(one));
  changeSets.splice(0, changeSets.length, ...kept);
}
