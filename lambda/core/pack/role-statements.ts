/** What a template says that a role may do, in the words of the template: references are not resolved. */
export interface RoleStatements {
  /** Its logical id. */
  readonly role: string;
  /** Who may assume it. */
  readonly trust: unknown;
  readonly statements: readonly unknown[];
  readonly managedPolicies: readonly unknown[];
}

interface Resource {
  readonly Type?: unknown;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Of all roles of a CloudFormation template. */
export function roleStatements(template: unknown): readonly RoleStatements[] {
  const resources = Object.entries(recordIn(template, 'Resources')) as [string, Resource][];
  const policies = resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    .map(([, { Properties = {} }]) => Properties);
  return resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([role, { Properties = {} }]) => ({
      role,
      trust: Properties['AssumeRolePolicyDocument'],
      statements: [
        ...listIn(Properties, 'Policies').flatMap(one => statementsIn(one)),
        ...policies.filter(policy => isOf(policy, role)).flatMap(statementsIn),
      ],
      managedPolicies: listIn(Properties, 'ManagedPolicyArns'),
    }));
}

function isOf(policy: object, role: string): boolean {
  return listIn(policy, 'Roles').some(
    one => typeof one === 'object' && one !== null && 'Ref' in one && one.Ref === role,
  );
}

function statementsIn(policy: unknown): readonly unknown[] {
  return listIn(recordIn(policy, 'PolicyDocument'), 'Statement');
}

function recordIn(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : {};
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}

function listIn(value: unknown, field: string): readonly unknown[] {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : [];
  return Array.isArray(found) ? (found as unknown[]) : [];
}
