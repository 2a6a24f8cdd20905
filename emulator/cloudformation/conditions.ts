import { resolveIntrinsics, type References } from './intrinsics.ts';
import type { Template } from './template.ts';
import { invalid } from './template-text.ts';

/** Whether an expression of a condition or rule holds. `named`: whether another condition does. */
function expressionHolds(
  expression: unknown,
  references: Omit<References, 'holds'>,
  named: (condition: string) => boolean,
): boolean {
  const holds = (part: unknown): boolean => expressionHolds(part, references, named);
  const resolved = (value: unknown): string =>
    JSON.stringify(resolveIntrinsics(value, { ...references, holds: named }));
  const [name, argument] = Object.entries(expression as object)[0] as [string, unknown];
  const parts = argument as readonly unknown[];
  switch (name) {
    case 'Condition':
      return named(String(argument));
    case 'Fn::Equals':
      return resolved(parts[0]) === resolved(parts[1]);
    case 'Fn::Not':
      return !holds(parts[0]);
    case 'Fn::And':
      return parts.every(holds);
    case 'Fn::Or':
      return parts.some(holds);
    case 'Fn::Contains':
      return (parts[0] as readonly unknown[]).some(one => resolved(one) === resolved(parts[1]));
    default:
      throw invalid(`the embedded CloudFormation does not have the condition function ${name}`);
  }
}

/** Whether a template's condition of that name holds. */
export function conditionsOf(
  { Conditions = {} }: Template,
  references: Omit<References, 'holds'>,
): (name: string) => boolean {
  const holds = (name: string): boolean => {
    if (!Object.hasOwn(Conditions, name)) throw invalid(`the template has no condition '${name}'`);
    return expressionHolds(Conditions[name], references, holds);
  };
  return holds;
}

/** What the template's rules say against the parameters. */
export function brokenRules({ Rules = {} }: Template, references: References): readonly string[] {
  const holds = (expression: unknown): boolean =>
    expressionHolds(expression, references, name => references.holds(name));
  return Object.values(Rules)
    .filter(({ RuleCondition }) => RuleCondition === undefined || holds(RuleCondition))
    .flatMap(({ Assertions }) => Assertions.filter(({ Assert }) => !holds(Assert)))
    .map(({ AssertDescription = 'a rule of the template is broken' }) => AssertDescription);
}
