import { checkPattern } from '../../eventbridge/pattern.ts';
import { AwsError } from '../../protocol/aws-error.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import { arnOf } from '../names.ts';
import type { Place, StackResource } from '../stack.ts';

interface QueueProperties {
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** The defaults are those of SQS (API reference, CreateQueue). */
function putQueue({ type, physicalId, properties }: StackResource, { services, place }: Acting): void {
  const given = properties as QueueProperties;
  const redrive = given.RedrivePolicy;
  services.messaging.queues.put({
    arn: arnOf(type, physicalId, place),
    visibilitySeconds: given.VisibilityTimeout ?? 30,
    retentionSeconds: given.MessageRetentionPeriod ?? 345_600,
    ...(redrive !== undefined && {
      redrive: { queueArn: redrive.deadLetterTargetArn, mostReceives: redrive.maxReceiveCount },
    }),
  });
}

export const queueHandler: ResourceHandler = {
  create: putQueue,
  update: (resource, _, acting) => putQueue(resource, acting),
  delete({ type, physicalId }, { services, place }) {
    services.messaging.queues.delete(arnOf(type, physicalId, place));
  },
};

/** Policies name queues by their URLs. */
function queuesOf({ properties }: StackResource, place: Place): readonly string[] {
  return (properties['Queues'] as readonly string[]).map(url => arnOf('AWS::SQS::Queue', url, place));
}

function putPolicy(resource: StackResource, { services, place }: Acting): void {
  const policy = JSON.stringify(resource.properties['PolicyDocument']);
  for (const arn of queuesOf(resource, place)) services.messaging.queues.setPolicy(arn, policy);
}

export const queuePolicyHandler: ResourceHandler = {
  create: putPolicy,
  update: (resource, _, acting) => putPolicy(resource, acting),
  delete(resource, { services, place }) {
    for (const arn of queuesOf(resource, place)) services.messaging.queues.setPolicy(arn, undefined);
  },
};

interface RuleProperties {
  readonly EventPattern: unknown;
  readonly State?: string;
  readonly Targets?: readonly { readonly Arn: string; readonly Id: string }[];
}

function putRule({ type, physicalId, properties }: StackResource, { services, place }: Acting): void {
  const { EventPattern, State = 'ENABLED', Targets = [] } = properties as unknown as RuleProperties;
  const other = Targets.find(({ Arn }) => !Arn.includes(':sqs:'));
  if (other !== undefined)
    throw new AwsError(
      'ValidationException',
      `the embedded EventBridge has queues as targets, not ${other.Arn}`,
    );
  services.messaging.bus.put({
    arn: arnOf(type, physicalId, place),
    enabled: State === 'ENABLED',
    pattern: checkPattern(EventPattern),
    targets: Targets.map(({ Arn }) => Arn),
  });
}

export const ruleHandler: ResourceHandler = {
  create: putRule,
  update: (resource, _, acting) => putRule(resource, acting),
  delete({ type, physicalId }, { services, place }) {
    services.messaging.bus.delete(arnOf(type, physicalId, place));
  },
};
