import type { Condition } from './conditions.ts';
import type { Value } from './values.ts';

/** Conditions in the form from before there were expressions: `Expected`, `QueryFilter`, `ScanFilter`. */
export type Legacy = Readonly<Record<string, LegacyCondition>>;

interface LegacyCondition {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly Value[];
  readonly Value?: Value;
  readonly Exists?: boolean;
}

/** Developer Guide, "Legacy conditional parameters": what each comparator is in an expression. */
const COMPARATORS: Readonly<Record<string, string>> = {
  ...{ EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=', BETWEEN: 'between', IN: 'in' },
};
const FUNCTIONS: Readonly<Record<string, string>> = {
  NULL: 'attribute_not_exists',
  NOT_NULL: 'attribute_exists',
  BEGINS_WITH: 'begins_with',
  CONTAINS: 'contains',
};

/** The condition that they stand for; `undefined` if there are none. */
export function expectationsOf(
  legacy: Legacy | undefined,
  operator: string | undefined,
): Condition | undefined {
  const all = Object.entries(legacy ?? {}).map(([name, one]) => expectationOf(name, one));
  return all.length === 0 ? undefined : { type: operator === 'OR' ? 'or' : 'and', args: all };
}

function expectationOf(name: string, condition: LegacyCondition): Condition {
  const { Value, AttributeValueList = Value === undefined ? [] : [Value], Exists = true } = condition;
  const { ComparisonOperator = Exists ? 'EQ' : 'NULL' } = condition;
  const args = [[name], ...AttributeValueList];
  if (ComparisonOperator === 'NOT_CONTAINS') {
    const isThere = { type: 'function', name: 'attribute_exists', args: [[name]] };
    const has = { type: 'function', name: 'contains', args };
    return { type: 'and', args: [isThere, { type: 'not', args: [has] }] };
  }
  const comparator = COMPARATORS[ComparisonOperator];
  return comparator === undefined
    ? { type: 'function', name: FUNCTIONS[ComparisonOperator] ?? ComparisonOperator, args }
    : { type: comparator, args };
}
