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
}

/** Gives every resource its physical id first, so that references resolve in any order, and then resolves them. */
export function resolveStack(
  { stackName, template, assets, region: own }: AssembledStack,
  place: Place,
): Stack {
  const here = { ...place, region: own ?? place.region };
  const references = referencesOf(stackName, template, here);
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => ({
    logicalId,
    type: resource.Type,
    physicalId: String(references.ref(logicalId)),
    properties: resolveIntrinsics(resource.Properties ?? {}, references) as Record<string, unknown>,
  }));
  const outputs = Object.entries(template.Outputs ?? {}).map(
    ([name, { Value }]) => [name, String(resolveIntrinsics(Value, references))] as const,
  );
  return { ...here, stackName, resources, outputs: Object.fromEntries(outputs), assets };
}

function referencesOf(stackName: string, template: AssembledStack['template'], place: Place): References {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': place.accountId,
    'AWS::Region': place.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${stackName}/embedded`,
    'AWS::NoValue': NO_VALUE,
  };
  const nameOf = (logicalId: string, resource: TemplateResource): string =>
    physicalName({ stackName, logicalId, resource, place });
  return {
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = template.Parameters?.[name];
      if (parameter !== undefined) return parameter.Default ?? '';
      const resource = needResource(template, name);
      // Ref of a state machine is its ARN; of everything else that we make, its name.
      return resource.Type === 'AWS::StepFunctions::StateMachine'
        ? arnOf(resource.Type, nameOf(name, resource), place)
        : nameOf(name, resource);
    },
    attribute(logicalId, attribute) {
      const resource = needResource(template, logicalId);
      if (attribute === 'Arn') return arnOf(resource.Type, nameOf(logicalId, resource), place);
      if (attribute === 'Name' && resource.Type === 'AWS::StepFunctions::StateMachine')
        return nameOf(logicalId, resource);
      throw new Error(
        `the embedded CloudFormation does not have the attribute ${attribute} of ${resource.Type} (${logicalId})`,
      );
    },
  };
}

function needResource(template: AssembledStack['template'], logicalId: string): TemplateResource {
  const resource = template.Resources[logicalId];
  if (resource === undefined)
    throw new Error(`the template refers to '${logicalId}', which it does not have`);
  return resource;
}

const NAME_PROPERTIES = [
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
  const name = `${stackName}-${logicalId}`.slice(0, 50);
  return resource.Type === 'AWS::S3::Bucket' ? `${name.toLowerCase()}-${suffix}` : `${name}-${suffix}`;
}

function arnOf(type: string, name: string, { region, accountId }: Place): string {
  switch (type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${accountId}:role/${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`;
    case 'AWS::StepFunctions::StateMachine':
      return `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    default:
      throw new Error(`the embedded CloudFormation does not know the ARN of ${type}`);
  }
}
