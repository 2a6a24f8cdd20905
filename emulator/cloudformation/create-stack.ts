import { EVERYTHING } from '../protocol/authorization.ts';
import type { Iam } from '../iam/iam.ts';
import { AwsError } from '../protocol/aws-error.ts';
import type { Buckets } from '../s3/bucket.ts';
import { defaultKeyPolicy } from '../kms/default-key-policy.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { Functions } from '../functions/functions.ts';
import type { Parameters } from '../ssm/parameters.ts';
import type { Schedules } from '../scheduler/schedules.ts';
import type { StateMachines } from '../stepfunctions/state-machines.ts';
import { createIamResources } from './iam-resources.ts';
import type { Stack, StackResource } from './stack.ts';

/** The services that a stack's resources live in. */
export interface Services {
  readonly buckets: Buckets;
  readonly keys: KeyStore;
  readonly iam: Iam;
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  readonly parameters: Parameters;
  readonly schedules: Schedules;
  createTable(
    definition: object,
    place: { readonly accountId: string; readonly region: string },
  ): Promise<void>;
}

/**
 * Resources that need no work: log groups until someone writes to them, Athena, because nobody queries, and queues and
 * alarms, which surround schedules.
 */
const INERT = new Set([
  'AWS::Athena::NamedQuery',
  'AWS::Athena::WorkGroup',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

/** Creates every resource of a stack. An unknown type is an error, not a silent gap. */
export async function createStack(stack: Stack, services: Services): Promise<void> {
  createIamResources(stack, services.iam.identities);
  for (const resource of stack.resources) await createResource(resource, stack, services);
  for (const { type, properties } of stack.resources)
    if (type === 'AWS::S3::BucketPolicy')
      services.buckets.get(String(properties['Bucket'])).policy = JSON.stringify(
        properties['PolicyDocument'],
      );
}

async function createResource(resource: StackResource, stack: Stack, services: Services): Promise<void> {
  const { type, physicalId, properties, logicalId } = resource;
  switch (type) {
    case 'AWS::S3::Bucket': {
      const bucket = services.buckets.create(physicalId, stack);
      if (
        (properties['VersioningConfiguration'] as { readonly Status?: string } | undefined)?.Status ===
        'Enabled'
      )
        bucket.versioning = 'Enabled';
      return;
    }
    case 'AWS::DynamoDB::Table':
      return services.createTable(tableDefinition(physicalId, properties), stack);
    case 'AWS::KMS::Key':
    case 'AWS::KMS::ReplicaKey':
    case 'AWS::KMS::Alias':
      createKeyResource(resource, stack, services);
      return;
    case 'AWS::Lambda::Function': {
      createFunction(resource, stack, services);
      return;
    }
    case 'AWS::StepFunctions::StateMachine':
      createStateMachine(resource, services);
      return;
    case 'AWS::Scheduler::Schedule':
      createSchedule(resource, stack, services);
      return;
    case 'AWS::SSM::Parameter':
      services.parameters.create(
        {
          name: physicalId,
          type: String(properties['Type']),
          value: String(properties['Value']),
        },
        stack,
      );
      return;
    default:
      if (!INERT.has(type) && !type.startsWith('AWS::IAM::') && type !== 'AWS::S3::BucketPolicy')
        throw new Error(`the embedded CloudFormation does not make ${type} (${logicalId})`);
  }
}

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

function createStateMachine(
  { physicalId, properties }: StackResource,
  { iam, stateMachines }: Services,
): void {
  const roleArn = String(properties['RoleArn']);
  needTrust(iam, roleArn, {
    service: 'states.amazonaws.com',
    words: `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.`,
  });
  const [, , , region = '', accountId = ''] = physicalId.split(':');
  const caller = { accountId, arn: roleArn };
  const role = iam.authorizationOf({ caller, region, service: 'states' });
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

function needTrust(
  iam: Iam,
  roleArn: string,
  { service, words }: { readonly service: string; readonly words: string },
): void {
  if (!iam.trusts(roleArn, service)) throw new AwsError('InvalidParameterValueException', words);
}

/** Creates a key, a replica in the stack's Region, or an alias. Properties that are left out take KMS's defaults. */
function createKeyResource(
  { type, physicalId, properties }: StackResource,
  { accountId, region }: Stack,
  { keys }: Services,
): void {
  const at = {
    region,
    caller: { accountId, arn: `arn:aws:iam::${accountId}:role/cloudformation` },
    iam: EVERYTHING,
    requestId: 'cloudformation',
  };
  const own = {
    description: (properties['Description'] as string | undefined) ?? '',
    policy:
      properties['KeyPolicy'] === undefined
        ? defaultKeyPolicy(accountId)
        : JSON.stringify(properties['KeyPolicy']),
    tags: [],
  };
  switch (type) {
    case 'AWS::KMS::Key': {
      const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT', MultiRegion = false } = properties;
      keys.create(at, {
        ...own,
        keyId: physicalId,
        spec: String(KeySpec),
        usage: String(KeyUsage),
        origin: 'AWS_KMS',
        multiRegion: MultiRegion === true,
      });
      return;
    }
    case 'AWS::KMS::ReplicaKey': {
      const primaryArn = String(properties['PrimaryKeyArn']);
      keys.replicate(
        keys.resolve(primaryArn, { ...at, region: primaryArn.split(':')[3] ?? '' }),
        region,
        own,
      );
      return;
    }
    default: {
      const target = keys.resolve(properties['TargetKeyId'], at);
      keys.setAlias(`arn:aws:kms:${region}:${accountId}:${physicalId}`, target.arn);
    }
  }
}

function tableDefinition(name: string, properties: Readonly<Record<string, unknown>>): object {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, SSESpecification } = properties;
  return {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    ...(SSESpecification !== undefined && { SSESpecification }),
  };
}

function createFunction(
  { physicalId, properties, logicalId }: StackResource,
  stack: Stack,
  { functions, iam }: Services,
): void {
  const { S3Key } = properties['Code'] as { readonly S3Key?: string };
  const folder = stack.assets.get(S3Key ?? '');
  if (folder === undefined) throw new Error(`the code of ${logicalId} is no asset of the assembly`);
  const { Variables = {} } = (properties['Environment'] ?? {}) as {
    readonly Variables?: Record<string, string>;
  };
  const { LogGroup } = (properties['LoggingConfig'] ?? {}) as { readonly LogGroup?: string };
  const roleArn = String(properties['Role']);
  needTrust(iam, roleArn, {
    service: 'lambda.amazonaws.com',
    words: 'The role defined for the function cannot be assumed by Lambda.',
  });
  functions.create({
    arn: `arn:aws:lambda:${stack.region}:${stack.accountId}:function:${physicalId}`,
    name: physicalId,
    region: stack.region,
    roleArn,
    folder,
    handler: String(properties['Handler']),
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    memoryMb: Number(properties['MemorySize'] ?? 128),
    environment: Variables,
    logGroup: LogGroup ?? `/aws/lambda/${physicalId}`,
  });
}

function createSchedule(
  { physicalId, properties }: StackResource,
  { region, accountId }: Stack,
  { schedules }: Services,
): void {
  const { Target, State = 'ENABLED' } = properties as {
    readonly State?: string;
    readonly Target: {
      readonly Arn: string;
      readonly RoleArn: string;
      readonly Input?: string;
      readonly DeadLetterConfig?: { readonly Arn?: string };
    };
  };
  schedules.create({
    ...{ region, accountId, name: physicalId, enabled: State === 'ENABLED' },
    ...{ targetArn: Target.Arn, roleArn: Target.RoleArn, input: Target.Input ?? '{}' },
    queueArn: Target.DeadLetterConfig?.Arn,
  });
}
