import type { Permission } from '../protocol/authorization.ts';
import { ACTIONS } from './actions.ts';
import type { Acting } from './acting.ts';
import { arnOf } from './names.ts';
import { changedProperties, type Step } from './plan.ts';
import { rolesOf } from './resources/identities.ts';
import type { StackResource } from './stack.ts';

/** What CloudFormation needs to make or change a resource. */
export function permissionsToMake(step: Step, acting: Acting): readonly Permission[] {
  const { resource } = step;
  const { create = '', update = '', of = {}, changed = {} } = ACTIONS[resource.type] ?? {};
  if (step.kind !== 'update') {
    const ofProperties = Object.keys(resource.properties).map(name => of[name] ?? '');
    return permissions([create, ...ofProperties], resource, acting);
  }
  const names = changedProperties(step.before.properties, resource.properties);
  return permissions(
    names.map(name => changed[name] ?? of[name] ?? update),
    resource,
    acting,
  );
}

export function permissionsToDelete(resource: StackResource, acting: Acting): readonly Permission[] {
  return permissions([ACTIONS[resource.type]?.delete ?? ''], resource, acting);
}

function permissions(
  texts: readonly string[],
  resource: StackResource,
  acting: Acting,
): readonly Permission[] {
  const actions = new Set(texts.flatMap(text => text.split(' ')).filter(action => action !== ''));
  return [...actions].flatMap(action =>
    resourcesOf(resource, action, acting).map(arn => ({
      ...{ action, resource: arn, resourceAccountId: acting.place.accountId },
      ...keyPolicyOf(arn, acting),
    })),
  );
}

/** The resources that an action is on: `*` for one that makes what has no ARN yet. */
function resourcesOf(resource: StackResource, action: string, acting: Acting): readonly string[] {
  const { type, physicalId, properties } = resource;
  const { region, accountId } = acting.place;
  const arn = (name: string): string => arnOf(name, physicalId, acting.place);
  switch (type) {
    case 'AWS::IAM::Policy':
      return rolesOf(resource, acting);
    case 'AWS::KMS::Key':
    case 'AWS::KMS::ReplicaKey':
      return [action === 'kms:CreateKey' ? '*' : arn(type)];
    case 'AWS::Lambda::EventSourceMapping':
      return [action === 'lambda:CreateEventSourceMapping' ? '*' : arn(type)];
    case 'AWS::SNS::TopicPolicy':
      return (properties['Topics'] ?? []) as readonly string[];
    case 'AWS::SQS::QueuePolicy':
      return ((properties['Queues'] ?? []) as readonly string[]).map(url =>
        arnOf('AWS::SQS::Queue', url, acting.place),
      );
    case 'AWS::Athena::NamedQuery':
      return [
        arnOf(
          'AWS::Athena::WorkGroup',
          (properties['WorkGroup'] as string | undefined) ?? 'primary',
          acting.place,
        ),
      ];
    case 'AWS::Glue::Database':
    case 'AWS::Glue::Table':
      return [`arn:aws:glue:${region}:${accountId}:catalog`];
    default:
      return [arn(type)];
  }
}

/** A key that there is has the first word about itself. */
function keyPolicyOf(arn: string, { services: { keys } }: Acting): Partial<Permission> {
  const key = arn.includes(':kms:') ? keys.find(arn) : undefined;
  return key === undefined ? {} : { resourcePolicy: key.policy, resourceDecides: true };
}
