import type { ChangeSet } from './change-set.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import { changedProperties, type Plan } from './plan.ts';
import type { Stack, StackEvent, StackResource } from './stack.ts';
import { time, xml } from './xml.ts';

const tagsOf = ({ tags }: Pick<Stack, 'tags'>) => tags.map(({ key, value }) => ({ Key: key, Value: value }));

const parametersOf = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

export function stackXml(stack: Stack): string {
  const { content, updatedAt, deletedAt } = stack;
  return `<member>${xml({
    StackName: stack.stackName,
    StackId: stack.stackId,
    Description: content?.template.Description,
    Parameters: parametersOf(content?.parameters ?? {}),
    CreationTime: time(stack.createdAt),
    LastUpdatedTime: updatedAt === undefined ? undefined : time(updatedAt),
    DeletionTime: deletedAt === undefined ? undefined : time(deletedAt),
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: false,
    Capabilities: stack.capabilities,
    Outputs: Object.entries(content?.outputs ?? {}).map(([OutputKey, { value, exportName }]) => ({
      ...{ OutputKey, OutputValue: value, ExportName: exportName },
    })),
    RoleARN: stack.roleArn,
    Tags: tagsOf(stack),
    EnableTerminationProtection: stack.terminationProtection,
  })}</member>`;
}

/** As GetTemplate and ListStackResources show it. */
export function resourceXml(stack: Stack, { logicalId, physicalId, type }: StackResource): string {
  const last = stack.events.findLast(event => event.logicalId === logicalId);
  return `<member>${xml({
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: last?.status ?? 'CREATE_COMPLETE',
    LastUpdatedTimestamp: time(last?.at ?? stack.createdAt),
    Timestamp: time(last?.at ?? stack.createdAt),
    StackName: stack.stackName,
    StackId: stack.stackId,
  })}</member>`;
}

export function eventXml({ stackName, stackId }: Stack, event: StackEvent): string {
  return `<member>${xml({
    StackId: stackId,
    StackName: stackName,
    EventId: event.eventId,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: time(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
  })}</member>`;
}

export function changeSetXml({ stack, plan, failure, ...changeSet }: ChangeSet): string {
  return xml({
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.stackId,
    StackName: stack.stackName,
    Description: changeSet.description,
    Parameters: parametersOf(plan.content.parameters),
    CreationTime: time(changeSet.createdAt),
    ExecutionStatus: failure === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
    Status: failure === undefined ? 'CREATE_COMPLETE' : 'FAILED',
    StatusReason: failure,
    Capabilities: changeSet.capabilities,
    Tags: tagsOf(changeSet),
    Changes: changesOf(plan).map(change => ({ Type: 'Resource', ResourceChange: change })),
  });
}

function changesOf({ steps, removed }: Plan) {
  const named = ({ logicalId, type }: StackResource) => ({
    LogicalResourceId: logicalId,
    ResourceType: type,
  });
  return [
    ...steps.map(step => {
      if (step.kind === 'create') return { Action: 'Add', ...named(step.resource) };
      const replaces = RESOURCE_TYPES[step.resource.type]?.replaces ?? [];
      const changed = changedProperties(step.before.properties, step.resource.properties);
      return {
        ...{ Action: 'Modify', ...named(step.resource), PhysicalResourceId: step.before.physicalId },
        Replacement: step.kind === 'replace' ? 'True' : 'False',
        Scope: ['Properties'],
        Details: changed.map(Name => ({
          Target: {
            ...{ Attribute: 'Properties', Name },
            RequiresRecreation: replaces.includes(Name) ? 'Always' : 'Never',
          },
          Evaluation: 'Static',
        })),
      };
    }),
    ...removed.map(resource => ({
      ...{ Action: 'Remove', ...named(resource), PhysicalResourceId: resource.physicalId },
      PolicyAction: resource.deletionPolicy === 'Delete' ? 'Delete' : 'Retain',
    })),
  ];
}
