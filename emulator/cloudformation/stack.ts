import { createHash } from 'node:crypto';
import { NO_VALUE, resolveIntrinsics, type References } from './intrinsics.ts';
import type { AssembledStack, TemplateResource } from './template.ts';

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** A stack's resource with its properties resolved. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Stack extends Place {
  readonly stackName: string;
  readonly resources: readonly StackResource[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Folder of a Lambda function's code by its S3 object key. */
  readonly assets: ReadonlyMap<string, string>;
  /** The template as it was deployed. */
  readonly templateBody: string;
}

/** First gives every resource its physical id, so that references resolve in any order, and then resolves them. */
export function resolveStack(
  { stackName, template, assets, region: own }: AssembledStack,
  place: Place,
  others: readonly Stack[] = [],
): Stack {
  const here = { ...place, region: own ?? place.region };
  const references = referencesOf({ stackName, template, others }, here);
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => ({
    logicalId,
    type: resource.Type,
    physicalId: String(references.ref(logicalId)),
    properties: resolveIntrinsics(resource.Properties ?? {}, references) as Record<string, unknown>,
  }));
  const outputs = Object.entries(template.Outputs ?? {}).map(
    ([name, { Value }]) => [name, String(resolveIntrinsics(Value, references))] as const,
  );
  return {
    ...here,
    stackName,
    resources,
    outputs: Object.fromEntries(outputs),
    assets,
    templateBody: JSON.stringify(template),
  };
}

function referencesOf(
  {
    stackName,
    template,
    others,
  }: Pick<AssembledStack, 'stackName' | 'template'> & { readonly others: readonly Stack[] },
  place: Place,
): References {
  const pseudo = pseudoParameters(stackName, place);
  const nameOf = (logicalId: string, resource: TemplateResource): string => {
    // A replica has the key id of its primary, in whatever Region that is.
    if (resource.Type === 'AWS::KMS::ReplicaKey')
      return (
        String(resolveIntrinsics(resource.Properties?.['PrimaryKeyArn'], references)).split('/')[1] ?? ''
      );
    return physicalName({ stackName, logicalId, resource, place });
  };
  const references: References = {
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = template.Parameters?.[name];
      if (parameter !== undefined) return parameter.Default ?? '';
      const resource = needResource(template, name);
      // Ref of a queue is its URL.
      if (resource.Type === 'AWS::SQS::Queue')
        return `https://sqs.${place.region}.amazonaws.com/${place.accountId}/${nameOf(name, resource)}`;
      // Ref of a state machine is its ARN. Ref of everything else that we create is its name.
      return resource.Type === 'AWS::StepFunctions::StateMachine'
        ? arnOf(resource.Type, nameOf(name, resource), place)
        : nameOf(name, resource);
    },
    attribute(logicalId, attribute) {
      const resource = needResource(template, logicalId);
      if (attribute === 'Arn') return arnOf(resource.Type, nameOf(logicalId, resource), place);
      if (attribute === 'Name' && resource.Type === 'AWS::StepFunctions::StateMachine')
        return nameOf(logicalId, resource);
      if (attribute === 'QueueName' && resource.Type === 'AWS::SQS::Queue')
        return nameOf(logicalId, resource);
      if (attribute === 'KeyId' && isKey(resource)) return nameOf(logicalId, resource);
      throw new Error(
        `the embedded CloudFormation does not have the attribute ${attribute} of ${resource.Type} (${logicalId})`,
      );
    },
    stackOutput({ StackName, Region = place.region, OutputName }) {
      const stack = others.find(other => other.stackName === StackName && other.region === Region);
      const value = stack?.outputs[OutputName];
      if (value === undefined)
        throw new Error(`there is no output ${OutputName} of ${StackName} in ${Region}`);
      return value;
    },
  };
  return references;
}

function pseudoParameters(stackName: string, place: Place): Readonly<Record<string, unknown>> {
  return {
    'AWS::AccountId': place.accountId,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stackName}/embedded`,
    'AWS::NoValue': NO_VALUE,
  };
}

function isKey({ Type }: TemplateResource): boolean {
  return Type === 'AWS::KMS::Key' || Type === 'AWS::KMS::ReplicaKey';
}

function needResource(template: AssembledStack['template'], logicalId: string): TemplateResource {
  const resource = template.Resources[logicalId];
  if (resource === undefined)
    throw new Error(`the template refers to '${logicalId}', which it does not have`);
  return resource;
}

const NAME_PROPERTIES = [
  'AliasName',
  'BucketName',
  'TableName',
  'FunctionName',
  'RoleName',
  'LogGroupName',
  'StateMachineName',
  'Name',
];

function physicalName({
  stackName,
  logicalId,
  resource,
  place,
}: {
  stackName: string;
  logicalId: string;
  resource: TemplateResource;
  place: Place;
}): string {
  const given = NAME_PROPERTIES.map(property => resource.Properties?.[property]).find(
    name => typeof name === 'string',
  );
  if (given !== undefined) return given;
  const suffix = createHash('sha256')
    .update(`${place.accountId}/${place.region}/${stackName}/${logicalId}`)
    .digest('hex')
    .slice(0, 12);
  if (resource.Type === 'AWS::KMS::Key') return keyId(suffix, resource.Properties?.['MultiRegion'] === true);
  const name = `${stackName}-${logicalId}`.slice(0, 50);
  return resource.Type === 'AWS::S3::Bucket' ? `${name.toLowerCase()}-${suffix}` : `${name}-${suffix}`;
}

function keyId(seed: string, multiRegion: boolean): string {
  const hex = createHash('sha256').update(`key id ${seed}`).digest('hex').slice(0, 32);
  if (multiRegion) return `mrk-${hex}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function arnOf(type: string, name: string, { region, accountId }: Place): string {
  switch (type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
    case 'AWS::KMS::Key':
    case 'AWS::KMS::ReplicaKey':
      return `arn:aws:kms:${region}:${accountId}:key/${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${accountId}:role/${name}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${accountId}:${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    default:
      throw new Error(`the embedded CloudFormation does not know the ARN of ${type}`);
  }
}
