import type { OperationContext } from '../protocol/json-protocol.ts';
import { queryService, type QueryOperation } from '../protocol/query-protocol.ts';
import type { Service } from '../protocol/request.ts';
import {
  changeSetOf,
  createChangeSet,
  deleteChangeSet,
  executeChangeSet,
  placeOf,
} from './change-set-operations.ts';
import { changeSetXml, eventXml, resourceXml, stackXml } from './answers.ts';
import type { CloudFormation } from './cloudformation.ts';
import { Form } from './form.ts';
import { permissionsOf } from './permissions.ts';
import { deleteStack } from './run.ts';
import type { Stack } from './stack.ts';
import { templateOf } from './template-source.ts';
import { invalid } from './template-text.ts';
import { time, xml } from './xml.ts';

type Operation = (
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
) => string | Promise<string>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateChangeSet: createChangeSet,
  DeleteChangeSet: deleteChangeSet,
  DeleteStack: removeStack,
  DescribeChangeSet: (cloudFormation, parameters, context) =>
    changeSetXml(changeSetOf(cloudFormation, new Form(parameters), placeOf(context))),
  DescribeStackEvents: (cloudFormation, parameters, context) => {
    const stack = stackOf(cloudFormation, parameters, context);
    const events = [...stack.events].reverse().map(event => eventXml(stack, event));
    return `<StackEvents>${events.join('')}</StackEvents>`;
  },
  DescribeStackResources: (cloudFormation, parameters, context) =>
    `<StackResources>${resourcesXml(stackOf(cloudFormation, parameters, context))}</StackResources>`,
  DescribeStacks: ({ stacks }, parameters, context) => {
    const name = parameters.get('StackName');
    const place = placeOf(context);
    const found = name === null ? stacks.in(place) : [stacks.get(name, place)];
    return `<Stacks>${found.map(stackXml).join('')}</Stacks>`;
  },
  ExecuteChangeSet: executeChangeSet,
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ListStackResources: (cloudFormation, parameters, context) =>
    `<StackResourceSummaries>${resourcesXml(stackOf(cloudFormation, parameters, context))}</StackResourceSummaries>`,
  ListStacks: ({ stacks }, _, context) =>
    xml({
      StackSummaries: stacks.in(placeOf(context)).map(({ stackName, stackId, status, createdAt }) => ({
        ...{ StackName: stackName, StackId: stackId, StackStatus: status, CreationTime: time(createdAt) },
      })),
    }),
  UpdateTerminationProtection: (cloudFormation, parameters, context) => {
    const stack = stackOf(cloudFormation, parameters, context);
    stack.terminationProtection = new Form(parameters).flag('EnableTerminationProtection');
    return xml({ StackId: stack.stackId });
  },
};

/** CloudFormation: stacks by change sets, and what there is to see of them. */
export function cloudFormationService(cloudFormation: CloudFormation): Service {
  const operations = Object.entries(OPERATIONS).map(
    ([name, operation]): readonly [string, QueryOperation] => [
      name,
      (parameters, context) => operation(cloudFormation, parameters, context),
    ],
  );
  return queryService(Object.fromEntries(operations), permissionsOf);
}

function stackOf({ stacks }: CloudFormation, parameters: URLSearchParams, context: OperationContext): Stack {
  return stacks.get(new Form(parameters).needed('StackName'), placeOf(context));
}

function resourcesXml(stack: Stack): string {
  return (stack.content?.resources ?? []).map(resource => resourceXml(stack, resource)).join('');
}

/**
 * Nothing transforms a template here: both stages are the text that was sent. Characters beyond ASCII come back as
 * question marks (aws-cloudformation/cloudformation-coverage-roadmap, issues 814 and 1220).
 */
function getTemplate(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): string {
  const { content } = stackOf(cloudFormation, parameters, context);
  return xml({
    TemplateBody: content?.templateBody.replace(/[\u{80}-\u{10ffff}]/gu, '?'),
    StagesAvailable: ['Original', 'Processed'],
  });
}

async function getTemplateSummary(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): Promise<string> {
  const form = new Form(parameters);
  const name = form.text('StackName');
  const stack = name === undefined ? undefined : cloudFormation.stacks.get(name, placeOf(context));
  const { template } = stack?.content ?? (await templateOf(cloudFormation, { form, stack }, context));
  return xml({
    Description: template.Description,
    ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
    Parameters: Object.entries(template.Parameters ?? {}).map(([ParameterKey, { Type, Default }]) => ({
      ...{ ParameterKey, ParameterType: Type },
      DefaultValue: Default === undefined ? undefined : String(Default),
    })),
  });
}

/** One that is not there is deleted already. */
async function removeStack(
  cloudFormation: CloudFormation,
  parameters: URLSearchParams,
  context: OperationContext,
): Promise<string> {
  const form = new Form(parameters);
  form.needKnown(['StackName', 'RoleARN', 'RetainResources', 'ClientRequestToken', 'DeploymentConfig']);
  form.needOnly({ 'DeploymentConfig.Mode': 'STANDARD' });
  const stack = cloudFormation.stacks.find(form.needed('StackName'), placeOf(context));
  if (stack === undefined || stack.deletedAt !== undefined) return '';
  if (stack.terminationProtection)
    throw invalid(`Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`);
  const retain = form.texts('RetainResources');
  if (retain.length > 0 && stack.status !== 'DELETE_FAILED')
    throw invalid('Invalid operation on stack. Specify RetainResources only after a deletion has failed');
  stack.roleArn = form.text('RoleARN') ?? stack.roleArn;
  const acting = cloudFormation.acting(stack, context);
  await deleteStack({ stack, acting, resources: cloudFormation.resources }, retain);
  return '';
}
