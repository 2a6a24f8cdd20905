import type { Iam } from '../../iam/iam.ts';
import { AwsError } from '../../protocol/aws-error.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import { arnOf } from '../names.ts';
import type { StackResource } from '../stack.ts';

function needTrust(
  iam: Iam,
  roleArn: string,
  { service, words }: { readonly service: string; readonly words: string },
): void {
  if (!iam.trusts(roleArn, service)) throw new AwsError('InvalidParameterValueException', words);
}

/** Whoever gives a role to a service needs the right to pass it there. */
function needPassRole({ iam, place }: Acting, roleArn: string, service: string): void {
  iam.need({
    ...{ action: 'iam:PassRole', resource: roleArn, resourceAccountId: place.accountId },
    conditions: { 'iam:PassedToService': service },
  });
}

async function putFunction({ physicalId, properties, type }: StackResource, acting: Acting): Promise<void> {
  const { services, place } = acting;
  const roleArn = String(properties['Role']);
  needPassRole(acting, roleArn, 'lambda.amazonaws.com');
  needTrust(services.iam, roleArn, {
    service: 'lambda.amazonaws.com',
    words: 'The role defined for the function cannot be assumed by Lambda.',
  });
  const { Variables = {} } = (properties['Environment'] ?? {}) as {
    readonly Variables?: Record<string, string>;
  };
  const { LogGroup } = (properties['LoggingConfig'] ?? {}) as { readonly LogGroup?: string };
  services.functions.put({
    arn: arnOf(type, physicalId, place),
    ...{ name: physicalId, region: place.region, roleArn },
    folder: await acting.codeOf(properties['Code']),
    handler: String(properties['Handler']),
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    memoryMb: Number(properties['MemorySize'] ?? 128),
    environment: Variables,
    logGroup: LogGroup ?? `/aws/lambda/${physicalId}`,
  });
}

export const functionHandler: ResourceHandler = {
  create: putFunction,
  update: (resource, _, acting) => putFunction(resource, acting),
  delete({ type, physicalId }, { services, place }) {
    services.functions.delete(arnOf(type, physicalId, place));
  },
};

/** What Step Functions needs of a role to log to CloudWatch (Step Functions developer guide, logging). */
const LOG_DELIVERY = [
  'CreateLogDelivery',
  'DeleteLogDelivery',
  'DescribeLogGroups',
  'DescribeResourcePolicies',
  'GetLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'UpdateLogDelivery',
];

function putStateMachine({ physicalId, properties }: StackResource, acting: Acting): void {
  const { iam, stateMachines } = acting.services;
  const { region, accountId } = acting.place;
  const roleArn = String(properties['RoleArn']);
  needPassRole(acting, roleArn, 'states.amazonaws.com');
  needTrust(iam, roleArn, {
    service: 'states.amazonaws.com',
    words: `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.`,
  });
  const role = iam.authorizationOf({ caller: { accountId, arn: roleArn }, region, service: 'states' });
  const logs = properties['LoggingConfiguration'] !== undefined ? LOG_DELIVERY : [];
  if (
    !logs.every(action => role.has({ action: `logs:${action}`, resource: '*', resourceAccountId: accountId }))
  )
    throw new AwsError(
      'AccessDeniedException',
      'The state machine IAM Role is not authorized to access the Log Destination',
    );
  stateMachines.create({ arn: physicalId, roleArn, definition: String(properties['DefinitionString']) });
}

export const stateMachineHandler: ResourceHandler = {
  create: putStateMachine,
  update: (resource, _, acting) => putStateMachine(resource, acting),
  delete({ physicalId }, { services }) {
    services.stateMachines.delete(physicalId);
  },
};

function putSchedule({ physicalId, properties }: StackResource, acting: Acting): void {
  const { region, accountId } = acting.place;
  const { Target, State = 'ENABLED' } = properties as {
    readonly State?: string;
    readonly Target: {
      readonly Arn: string;
      readonly RoleArn: string;
      readonly Input?: string;
      readonly DeadLetterConfig?: { readonly Arn?: string };
    };
  };
  needPassRole(acting, Target.RoleArn, 'scheduler.amazonaws.com');
  acting.services.schedules.create({
    ...{ region, accountId, name: physicalId, enabled: State === 'ENABLED' },
    ...{ targetArn: Target.Arn, roleArn: Target.RoleArn, input: Target.Input ?? '{}' },
    queueArn: Target.DeadLetterConfig?.Arn,
  });
}

export const scheduleHandler: ResourceHandler = {
  create: putSchedule,
  update: (resource, _, acting) => putSchedule(resource, acting),
  delete({ physicalId }, { services, place }) {
    services.schedules.delete(physicalId, place.region);
  },
};
