import type { Buckets } from '../s3/bucket.ts';
import type { KeyStore } from '../kms/key-store.ts';
import type { Functions } from '../functions/functions.ts';
import type { StateMachines } from '../stepfunctions/state-machines.ts';
import type { Stack, StackResource } from './stack.ts';

/** The services that a stack's resources live in. */
export interface Services {
  readonly buckets: Buckets;
  readonly keys: KeyStore;
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  createTable(
    definition: object,
    place: { readonly accountId: string; readonly region: string },
  ): Promise<void>;
}

/**
 * Resources that need no work: policies until IAM is enforced, log groups until someone writes to them, Athena, because
 * nobody queries, and what surrounds schedules, because no time passes here that would start them.
 */
const INERT = new Set([
  'AWS::Athena::NamedQuery',
  'AWS::Athena::WorkGroup',
  'AWS::Glue::Database',
  'AWS::Glue::Table',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::Scheduler::Schedule',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
]);

/** Creates every resource of a stack. An unknown type is an error, not a silent gap. */
export async function createStack(stack: Stack, services: Services): Promise<void> {
  for (const resource of stack.resources) await createResource(resource, stack, services);
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
      services.stateMachines.create({
        arn: physicalId,
        roleArn: String(properties['RoleArn']),
        definition: String(properties['DefinitionString']),
      });
      return;
    default:
      if (!INERT.has(type))
        throw new Error(`the embedded CloudFormation does not make ${type} (${logicalId})`);
  }
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
    requestId: 'cloudformation',
  };
  const own = {
    description: (properties['Description'] as string | undefined) ?? '',
    policy: JSON.stringify(properties['KeyPolicy'] ?? {}),
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
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = properties;
  return {
    TableName: name,
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
  };
}

function createFunction(
  { physicalId, properties, logicalId }: StackResource,
  stack: Stack,
  { functions }: Services,
): void {
  const { S3Key } = properties['Code'] as { readonly S3Key?: string };
  const folder = stack.assets.get(S3Key ?? '');
  if (folder === undefined) throw new Error(`the code of ${logicalId} is no asset of the assembly`);
  const { Variables = {} } = (properties['Environment'] ?? {}) as {
    readonly Variables?: Record<string, string>;
  };
  const { LogGroup } = (properties['LoggingConfig'] ?? {}) as { readonly LogGroup?: string };
  functions.create({
    arn: `arn:aws:lambda:${stack.region}:${stack.accountId}:function:${physicalId}`,
    name: physicalId,
    region: stack.region,
    roleArn: String(properties['Role']),
    folder,
    handler: String(properties['Handler']),
    timeoutSeconds: Number(properties['Timeout'] ?? 3),
    memoryMb: Number(properties['MemorySize'] ?? 128),
    environment: Variables,
    logGroup: LogGroup ?? `/aws/lambda/${physicalId}`,
  });
}
