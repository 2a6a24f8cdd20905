import { createHash } from 'node:crypto';
import type { Place } from './stack.ts';
import { invalid } from './template-text.ts';

type Properties = Readonly<Record<string, unknown>>;

interface Named {
  readonly type: string;
  readonly logicalId: string;
  readonly properties: Properties;
  readonly stackName: string;
  readonly place: Place;
  /** What makes the name one of this stack, and of this resource among those that replace each other. */
  readonly seed: string;
}

/** Where a template may give a resource its name, by type. */
const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::Athena::WorkGroup': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::S3::BucketPolicy': 'Bucket',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
};

/** The name that the template gives, if it does. */
export function givenName(type: string, properties: Properties): string | undefined {
  const property = NAME_PROPERTY[type];
  const given = property === undefined ? undefined : properties[property];
  return typeof given === 'string' ? given : undefined;
}

/** What `Ref` of a new resource is, which is its physical id. */
export function newPhysicalId(named: Named): string {
  const { type, properties, place } = named;
  const name = givenName(type, properties) ?? generatedName(named);
  switch (type) {
    // A replica has the key id of its primary, in whatever Region that is.
    case 'AWS::KMS::ReplicaKey':
      return String(properties['PrimaryKeyArn']).split('/')[1] ?? '';
    case 'AWS::Lambda::EventSourceMapping':
      return idOf(name);
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${place.region}:${place.accountId}:${name}`;
    case 'AWS::SNS::Subscription':
      return `${String(properties['TopicArn'])}:${name}`;
    case 'AWS::SQS::Queue':
      return `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${name}`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${place.region}:${place.accountId}:stateMachine:${name}`;
    case 'AWS::IAM::ManagedPolicy':
      return `arn:aws:iam::${place.accountId}:policy/${name}`;
    default:
      return name;
  }
}

function generatedName({ type, properties, stackName, logicalId, place, seed }: Named): string {
  const suffix = digest(`${place.accountId}/${place.region}/${stackName}/${logicalId}${seed}`).slice(0, 12);
  if (type === 'AWS::KMS::Key') return keyId(suffix, properties['MultiRegion'] === true);
  const name = `${stackName}-${logicalId}`.slice(0, 50);
  return type === 'AWS::S3::Bucket' ? `${name.toLowerCase()}-${suffix}` : `${name}-${suffix}`;
}

function keyId(seed: string, multiRegion: boolean): string {
  const hex = digest(`key id ${seed}`).slice(0, 32);
  return multiRegion ? `mrk-${hex}` : uuidOf(hex);
}

/** An id of a stack or change set: the same in every play of the same calls. */
export function idOf(seed: string): string {
  return uuidOf(digest(seed));
}

function uuidOf(hex: string): string {
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What Fn::GetAtt of a resource is. An attribute that is not known is an error. */
export function attributeOf(
  { type, physicalId }: { readonly type: string; readonly physicalId: string },
  attribute: string,
  place: Place,
): string {
  if (attribute === 'Arn') return arnOf(type, physicalId, place);
  switch (`${type}.${attribute}`) {
    case 'AWS::StepFunctions::StateMachine.Name':
      return physicalId.split(':').at(-1) ?? '';
    case 'AWS::SNS::Topic.TopicArn':
      return physicalId;
    case 'AWS::SNS::Topic.TopicName':
      return physicalId.split(':').at(-1) ?? '';
    case 'AWS::SQS::Queue.QueueName':
      return physicalId.split('/').at(-1) ?? '';
    case 'AWS::KMS::Key.KeyId':
    case 'AWS::KMS::ReplicaKey.KeyId':
      return physicalId;
    case 'AWS::S3::Bucket.RegionalDomainName':
      return `${physicalId}.s3.${place.region}.amazonaws.com`;
    default:
      throw invalid(`the embedded CloudFormation does not have the attribute ${attribute} of ${type}`);
  }
}

/** ARN of a resource by its physical id. */
export function arnOf(type: string, physicalId: string, { region, accountId }: Place): string {
  switch (type) {
    case 'AWS::S3::Bucket':
    case 'AWS::S3::BucketPolicy':
      return `arn:aws:s3:::${physicalId}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${accountId}:table/${physicalId}`;
    case 'AWS::KMS::Key':
    case 'AWS::KMS::ReplicaKey':
      return `arn:aws:kms:${region}:${accountId}:key/${physicalId}`;
    case 'AWS::KMS::Alias':
      return `arn:aws:kms:${region}:${accountId}:${physicalId}`;
    case 'AWS::Events::Rule':
      return `arn:aws:events:${region}:${accountId}:rule/${physicalId}`;
    case 'AWS::Lambda::EventSourceMapping':
      return `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${physicalId}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${accountId}:function:${physicalId}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${accountId}:role/${physicalId}`;
    case 'AWS::IAM::ManagedPolicy':
    case 'AWS::StepFunctions::StateMachine':
    case 'AWS::SNS::Subscription':
    case 'AWS::SNS::Topic':
      return physicalId;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${accountId}:${physicalId.split('/').at(-1)}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${accountId}:log-group:${physicalId}:*`;
    case 'AWS::SSM::Parameter':
      return `arn:aws:ssm:${region}:${accountId}:parameter/${physicalId.replace(/^\//, '')}`;
    case 'AWS::Scheduler::Schedule':
      return `arn:aws:scheduler:${region}:${accountId}:schedule/default/${physicalId}`;
    case 'AWS::ECR::Repository':
      return `arn:aws:ecr:${region}:${accountId}:repository/${physicalId}`;
    case 'AWS::CloudWatch::Alarm':
      return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${physicalId}`;
    case 'AWS::CloudWatch::Dashboard':
      return `arn:aws:cloudwatch::${accountId}:dashboard/${physicalId}`;
    case 'AWS::Athena::WorkGroup':
      return `arn:aws:athena:${region}:${accountId}:workgroup/${physicalId}`;
    default:
      throw invalid(`the embedded CloudFormation does not know the ARN of ${type}`);
  }
}
