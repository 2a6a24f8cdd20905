/**
 * The actions that making, changing and deleting a resource needs (service authorization reference). `of`: what a
 * property needs where it is set or changed; `changed`: where it is changed only. All other changes need `update`.
 */
export interface Actions {
  readonly create: string;
  readonly update?: string;
  readonly delete: string;
  readonly of?: Readonly<Record<string, string>>;
  readonly changed?: Readonly<Record<string, string>>;
}

export const ACTIONS: Readonly<Record<string, Actions>> = {
  'AWS::Athena::NamedQuery': { create: 'athena:CreateNamedQuery', delete: 'athena:DeleteNamedQuery' },
  'AWS::Athena::WorkGroup': {
    create: 'athena:CreateWorkGroup',
    update: 'athena:UpdateWorkGroup',
    delete: 'athena:DeleteWorkGroup',
  },
  'AWS::CloudWatch::Alarm': {
    create: 'cloudwatch:PutMetricAlarm',
    update: 'cloudwatch:PutMetricAlarm',
    delete: 'cloudwatch:DeleteAlarms',
  },
  'AWS::CloudWatch::Dashboard': {
    create: 'cloudwatch:PutDashboard',
    update: 'cloudwatch:PutDashboard',
    delete: 'cloudwatch:DeleteDashboards',
  },
  'AWS::DynamoDB::Table': {
    create: 'dynamodb:CreateTable dynamodb:DescribeTable',
    update: 'dynamodb:UpdateTable',
    delete: 'dynamodb:DeleteTable',
    of: {
      PointInTimeRecoverySpecification: 'dynamodb:UpdateContinuousBackups',
      TimeToLiveSpecification: 'dynamodb:UpdateTimeToLive',
    },
  },
  'AWS::ECR::Repository': {
    create: 'ecr:CreateRepository',
    delete: 'ecr:DeleteRepository',
    of: {
      LifecyclePolicy: 'ecr:PutLifecyclePolicy',
      RepositoryPolicyText: 'ecr:SetRepositoryPolicy',
    },
    changed: { ImageTagMutability: 'ecr:PutImageTagMutability' },
  },
  'AWS::Events::Rule': {
    create: 'events:PutRule',
    update: 'events:PutRule',
    delete: 'events:RemoveTargets events:DeleteRule',
    of: { Targets: 'events:PutTargets' },
    changed: { Targets: 'events:PutTargets events:RemoveTargets' },
  },
  'AWS::Glue::Database': {
    create: 'glue:CreateDatabase',
    update: 'glue:UpdateDatabase',
    delete: 'glue:DeleteDatabase',
  },
  'AWS::Glue::Table': { create: 'glue:CreateTable', update: 'glue:UpdateTable', delete: 'glue:DeleteTable' },
  'AWS::IAM::ManagedPolicy': {
    create: 'iam:CreatePolicy',
    update: 'iam:CreatePolicyVersion',
    delete: 'iam:DeletePolicy',
  },
  'AWS::IAM::Policy': {
    create: 'iam:PutRolePolicy',
    update: 'iam:PutRolePolicy',
    delete: 'iam:DeleteRolePolicy',
  },
  'AWS::IAM::Role': {
    create: 'iam:CreateRole',
    update: 'iam:UpdateRole',
    delete: 'iam:DeleteRole',
    of: { ManagedPolicyArns: 'iam:AttachRolePolicy', Policies: 'iam:PutRolePolicy', Tags: 'iam:TagRole' },
    changed: {
      AssumeRolePolicyDocument: 'iam:UpdateAssumeRolePolicy',
      PermissionsBoundary: 'iam:PutRolePermissionsBoundary',
    },
  },
  'AWS::KMS::Alias': { create: 'kms:CreateAlias', update: 'kms:UpdateAlias', delete: 'kms:DeleteAlias' },
  'AWS::KMS::Key': {
    create: 'kms:CreateKey',
    delete: 'kms:ScheduleKeyDeletion',
    of: { EnableKeyRotation: 'kms:EnableKeyRotation' },
    changed: { Description: 'kms:UpdateKeyDescription', KeyPolicy: 'kms:PutKeyPolicy' },
  },
  'AWS::KMS::ReplicaKey': {
    create: 'kms:CreateKey',
    delete: 'kms:ScheduleKeyDeletion',
    changed: { Description: 'kms:UpdateKeyDescription', KeyPolicy: 'kms:PutKeyPolicy' },
  },
  'AWS::Lambda::EventSourceMapping': {
    create: 'lambda:CreateEventSourceMapping lambda:GetEventSourceMapping',
    update: 'lambda:UpdateEventSourceMapping',
    delete: 'lambda:DeleteEventSourceMapping',
  },
  'AWS::Lambda::Function': {
    create: 'lambda:CreateFunction lambda:GetFunction',
    update: 'lambda:UpdateFunctionConfiguration',
    delete: 'lambda:DeleteFunction',
    changed: { Architectures: 'lambda:UpdateFunctionCode', Code: 'lambda:UpdateFunctionCode' },
  },
  'AWS::Logs::LogGroup': {
    create: 'logs:CreateLogGroup',
    delete: 'logs:DeleteLogGroup',
    of: { KmsKeyId: 'logs:AssociateKmsKey', RetentionInDays: 'logs:PutRetentionPolicy' },
  },
  'AWS::S3::Bucket': {
    create: 's3:CreateBucket',
    delete: 's3:DeleteBucket',
    of: {
      BucketEncryption: 's3:PutEncryptionConfiguration',
      LifecycleConfiguration: 's3:PutLifecycleConfiguration',
      ObjectLockConfiguration: 's3:PutBucketObjectLockConfiguration',
      ObjectLockEnabled: 's3:PutBucketObjectLockConfiguration s3:PutBucketVersioning',
      OwnershipControls: 's3:PutBucketOwnershipControls',
      PublicAccessBlockConfiguration: 's3:PutBucketPublicAccessBlock',
      VersioningConfiguration: 's3:PutBucketVersioning',
    },
  },
  'AWS::S3::BucketPolicy': {
    create: 's3:PutBucketPolicy',
    update: 's3:PutBucketPolicy',
    delete: 's3:DeleteBucketPolicy',
  },
  'AWS::SNS::Subscription': { create: 'sns:Subscribe', delete: 'sns:Unsubscribe' },
  'AWS::SNS::Topic': {
    create: 'sns:CreateTopic',
    update: 'sns:SetTopicAttributes',
    delete: 'sns:DeleteTopic',
  },
  'AWS::SNS::TopicPolicy': {
    create: 'sns:SetTopicAttributes',
    update: 'sns:SetTopicAttributes',
    delete: 'sns:SetTopicAttributes',
  },
  'AWS::SQS::Queue': {
    create: 'sqs:CreateQueue',
    update: 'sqs:SetQueueAttributes',
    delete: 'sqs:DeleteQueue',
  },
  'AWS::SQS::QueuePolicy': {
    create: 'sqs:SetQueueAttributes',
    update: 'sqs:SetQueueAttributes',
    delete: 'sqs:SetQueueAttributes',
  },
  'AWS::SSM::Parameter': {
    create: 'ssm:PutParameter',
    update: 'ssm:PutParameter',
    delete: 'ssm:DeleteParameter',
  },
  'AWS::Scheduler::Schedule': {
    create: 'scheduler:CreateSchedule',
    update: 'scheduler:UpdateSchedule',
    delete: 'scheduler:DeleteSchedule',
  },
  'AWS::StepFunctions::StateMachine': {
    create: 'states:CreateStateMachine',
    update: 'states:UpdateStateMachine',
    delete: 'states:DeleteStateMachine',
  },
};
