import type { Identities } from '../../iam/identities.ts';
import type { Acting, ResourceHandler } from '../acting.ts';
import { arnOf } from '../names.ts';
import type { StackResource } from '../stack.ts';

interface Inline {
  readonly PolicyName: string;
  readonly PolicyDocument: unknown;
}

function ofRole({ properties }: StackResource) {
  const { AssumeRolePolicyDocument, PermissionsBoundary, Policies = [], ManagedPolicyArns = [] } = properties;
  return {
    trust: AssumeRolePolicyDocument,
    boundary: PermissionsBoundary as string | undefined,
    inline: Policies as readonly Inline[],
    managed: ManagedPolicyArns as readonly string[],
  };
}

export const roleHandler: ResourceHandler = {
  create(resource, { services, place }) {
    const { identities } = services.iam;
    const arn = arnOf(resource.type, resource.physicalId, place);
    const { trust, boundary, inline, managed } = ofRole(resource);
    identities.createNew(arn, { trust, boundary });
    putOwn(identities, arn, { inline, managed });
  },
  update(resource, before, { services, place }) {
    const { identities } = services.iam;
    const arn = arnOf(resource.type, resource.physicalId, place);
    const { trust, boundary, inline, managed } = ofRole(resource);
    const old = ofRole(before);
    identities.change(arn, { trust, boundary });
    for (const { PolicyName } of old.inline) identities.deleteInline(arn, PolicyName);
    for (const policy of old.managed) identities.detach(arn, policy);
    putOwn(identities, arn, { inline, managed });
  },
  delete(resource, { services, place }) {
    services.iam.identities.delete(arnOf(resource.type, resource.physicalId, place));
  },
};

function putOwn(
  identities: Identities,
  arn: string,
  { inline, managed }: { readonly inline: readonly Inline[]; readonly managed: readonly string[] },
): void {
  for (const { PolicyName, PolicyDocument } of inline) identities.putInline(arn, PolicyName, PolicyDocument);
  for (const policy of managed) identities.attach(arn, policy);
}

export function rolesOf({ properties }: StackResource, { place }: Pick<Acting, 'place'>): readonly string[] {
  const { Roles = [] } = properties as { readonly Roles?: readonly string[] };
  return Roles.map(name => arnOf('AWS::IAM::Role', name, place));
}

function putPolicy(resource: StackResource, acting: Acting): void {
  const { PolicyName, PolicyDocument } = resource.properties;
  for (const role of rolesOf(resource, acting))
    acting.services.iam.identities.putInline(role, String(PolicyName), PolicyDocument);
}

function deletePolicy(resource: StackResource, acting: Acting): void {
  for (const role of rolesOf(resource, acting))
    acting.services.iam.identities.deleteInline(role, String(resource.properties['PolicyName']));
}

export const policyHandler: ResourceHandler = {
  create: putPolicy,
  update(resource, before, acting) {
    deletePolicy(before, acting);
    putPolicy(resource, acting);
  },
  delete: deletePolicy,
};

function putManaged(resource: StackResource, acting: Acting): void {
  const { identities } = acting.services.iam;
  identities.putManaged(resource.physicalId, resource.properties['PolicyDocument']);
  for (const role of rolesOf(resource, acting)) identities.attach(role, resource.physicalId);
}

function detach(resource: StackResource, acting: Acting): void {
  for (const role of rolesOf(resource, acting))
    acting.services.iam.identities.detach(role, resource.physicalId);
}

export const managedPolicyHandler: ResourceHandler = {
  create: putManaged,
  update(resource, before, acting) {
    detach(before, acting);
    putManaged(resource, acting);
  },
  delete(resource, acting) {
    detach(resource, acting);
    acting.services.iam.identities.deleteManaged(resource.physicalId);
  },
};
