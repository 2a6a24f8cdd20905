import type { Identities } from '../iam/identities.ts';
import type { Stack, StackResource } from './stack.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Resources of IAM, in the order in which they need each other. CloudFormation finds that order by their references. */
const ORDER = ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Role', 'AWS::IAM::Policy'];

/** Creates a stack's roles and policies, and attaches them. */
export function createIamResources(stack: Stack, identities: Identities): void {
  for (const type of ORDER)
    for (const resource of stack.resources) if (resource.type === type) create(resource, stack, identities);
  for (const { type, properties, physicalId } of stack.resources)
    if (type === 'AWS::IAM::ManagedPolicy')
      for (const role of rolesOf(properties, stack))
        identities.attach(role, managedArn(physicalId, stack.accountId));
}

function create({ type, physicalId, properties }: StackResource, stack: Stack, identities: Identities): void {
  switch (type) {
    case 'AWS::IAM::ManagedPolicy':
      identities.putManaged(managedArn(physicalId, stack.accountId), properties['PolicyDocument']);
      return;
    case 'AWS::IAM::Role':
      createRole(`arn:aws:iam::${stack.accountId}:role/${physicalId}`, properties, identities);
      return;
    default:
      for (const role of rolesOf(properties, stack))
        identities.putInline(role, String(properties['PolicyName']), properties['PolicyDocument']);
  }
}

function createRole(arn: string, properties: Properties, identities: Identities): void {
  const { AssumeRolePolicyDocument, PermissionsBoundary, Policies = [], ManagedPolicyArns = [] } = properties;
  const boundary = PermissionsBoundary as string | undefined;
  identities.create(arn, { trust: AssumeRolePolicyDocument, boundary });
  for (const { PolicyName, PolicyDocument } of Policies as readonly Record<string, unknown>[])
    identities.putInline(arn, String(PolicyName), PolicyDocument);
  for (const policy of ManagedPolicyArns as readonly string[]) identities.attach(arn, policy);
}

function rolesOf({ Roles = [] }: Properties, { accountId }: Stack): readonly string[] {
  return (Roles as readonly string[]).map(name => `arn:aws:iam::${accountId}:role/${name}`);
}

/** Its reference in a template is its ARN. */
function managedArn(physicalId: string, accountId: string): string {
  return physicalId.startsWith('arn:') ? physicalId : `arn:aws:iam::${accountId}:policy/${physicalId}`;
}
