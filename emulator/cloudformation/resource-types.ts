/**
 * How CloudFormation changes a resource of a type (template reference, "Update requires"). A property that is in no list is
 * an error. test/emulator/cloudformation-types.test.ts compares this with the description that the CDK CLI ships.
 */
export interface ResourceType {
  /** A change makes a new resource in place of the old one. */
  readonly replaces: readonly string[];
  readonly changes: readonly string[];
  /** A change is an error: in CloudFormation's words if `refuses`, and here alone if `lacks`. */
  readonly refuses?: readonly string[];
  readonly lacks?: readonly string[];
}

const type = (
  replaces: string,
  changes: string,
  more: Pick<ResourceType, 'refuses' | 'lacks'> = {},
): ResourceType => ({
  replaces: words(replaces),
  changes: words(changes),
  ...more,
});

function words(text: string): readonly string[] {
  return text.split(' ').filter(word => word !== '');
}

const BUCKET =
  'AccessControl BucketEncryption LifecycleConfiguration ObjectLockConfiguration OwnershipControls PublicAccessBlockConfiguration Tags VersioningConfiguration';
const TABLE =
  'BillingMode DeletionProtectionEnabled PointInTimeRecoverySpecification SSESpecification Tags TimeToLiveSpecification';
const FUNCTION =
  'Architectures Code Description Environment Handler LoggingConfig MemorySize Role Runtime Tags Timeout TracingConfig';
const MAPPING =
  'BatchSize BisectBatchOnFunctionError DestinationConfig Enabled FunctionName FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts ScalingConfig Tags';
const ALARM =
  'ActionsEnabled AlarmActions AlarmDescription ComparisonOperator DatapointsToAlarm Dimensions EvaluationPeriods InsufficientDataActions MetricName Namespace OKActions Period Statistic Tags Threshold TreatMissingData';

export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Athena::NamedQuery': type('Database Description Name QueryString WorkGroup', ''),
  'AWS::Athena::WorkGroup': type(
    'Name',
    'Description RecursiveDeleteOption State Tags WorkGroupConfiguration',
  ),
  'AWS::CDK::Metadata': type('', 'Analytics'),
  'AWS::CloudWatch::Alarm': type('AlarmName', ALARM),
  'AWS::CloudWatch::Dashboard': type('DashboardName', 'DashboardBody'),
  'AWS::DynamoDB::Table': type('KeySchema TableName', TABLE, {
    lacks: ['AttributeDefinitions', 'GlobalSecondaryIndexes'],
  }),
  'AWS::ECR::Repository': type(
    'RepositoryName',
    'ImageTagMutability LifecyclePolicy RepositoryPolicyText Tags',
  ),
  'AWS::Events::Rule': type('Name', 'Description EventPattern State Targets'),
  'AWS::Glue::Database': type('CatalogId DatabaseName', 'DatabaseInput'),
  'AWS::Glue::Table': type('CatalogId DatabaseName Name', 'TableInput'),
  'AWS::IAM::ManagedPolicy': type('Description ManagedPolicyName Path', 'PolicyDocument Roles'),
  'AWS::IAM::Policy': type('', 'PolicyDocument PolicyName Roles'),
  'AWS::IAM::Role': type(
    'Path RoleName',
    'AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration PermissionsBoundary Policies Tags',
  ),
  'AWS::KMS::Alias': type('AliasName', 'TargetKeyId'),
  'AWS::KMS::Key': type('', 'Description EnableKeyRotation KeyPolicy PendingWindowInDays Tags', {
    refuses: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  }),
  'AWS::KMS::ReplicaKey': type('PrimaryKeyArn', 'Description KeyPolicy PendingWindowInDays Tags'),
  'AWS::Lambda::EventSourceMapping': type('EventSourceArn StartingPosition', MAPPING),
  'AWS::Lambda::Function': type('FunctionName', FUNCTION),
  'AWS::Logs::LogGroup': type('LogGroupName', 'KmsKeyId RetentionInDays Tags'),
  'AWS::S3::Bucket': type('BucketName ObjectLockEnabled', BUCKET),
  'AWS::S3::BucketPolicy': type('Bucket', 'PolicyDocument'),
  'AWS::SNS::Subscription': type('Endpoint Protocol TopicArn', ''),
  'AWS::SNS::Topic': type('TopicName', 'DisplayName KmsMasterKeyId Tags'),
  'AWS::SNS::TopicPolicy': type('', 'PolicyDocument Topics'),
  'AWS::SQS::Queue': type(
    'QueueName',
    'KmsMasterKeyId MessageRetentionPeriod RedrivePolicy SqsManagedSseEnabled Tags VisibilityTimeout',
  ),
  'AWS::SQS::QueuePolicy': type('', 'PolicyDocument Queues'),
  'AWS::SSM::Parameter': type('Name', 'AllowedPattern Description Tags Tier Type Value'),
  'AWS::Scheduler::Schedule': type(
    'Name',
    'Description FlexibleTimeWindow ScheduleExpression ScheduleExpressionTimezone State Target',
  ),
  'AWS::StepFunctions::StateMachine': type(
    'StateMachineName StateMachineType',
    'DefinitionString LoggingConfiguration RoleArn Tags TracingConfiguration',
  ),
};
