import { isIP } from 'node:net';
import { AwsError } from '../protocol/aws-error.ts';
import { arnPatternOf } from './arn-pattern.ts';
import type { Context } from './context.ts';
import { ipRange } from './ip-range.ts';
import { patternOf, type PatternOptions } from './patterns.ts';

/** Whether the context meets one line of a Condition element: an operator, a key and its values. */
export type Condition = (context: Context) => boolean;

/** Whether a value of the request matches a value of the policy. */
type Comparison = (value: string, context: Context) => boolean;
type Operator = (policyValue: string, options: PatternOptions) => Comparison;

const exact: Operator = (text, options) => patternOf(text, options);
const like: Operator = (text, options) => patternOf(text, { ...options, wildcards: true });

/** The operators that test whether a value matches. Each has a negation, which is listed in NEGATIONS. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: exact,
  StringEqualsIgnoreCase: (text, options) => patternOf(text, { ...options, ignoreCase: true }),
  StringLike: like,
  ArnEquals: (text, options) => arnPatternOf(text, options),
  ArnLike: (text, options) => arnPatternOf(text, options),
  NumericEquals: numeric((value, bound) => value === bound),
  NumericLessThan: numeric((value, bound) => value < bound),
  NumericLessThanEquals: numeric((value, bound) => value <= bound),
  NumericGreaterThan: numeric((value, bound) => value > bound),
  NumericGreaterThanEquals: numeric((value, bound) => value >= bound),
  DateEquals: date((value, bound) => value === bound),
  DateLessThan: date((value, bound) => value < bound),
  DateLessThanEquals: date((value, bound) => value <= bound),
  DateGreaterThan: date((value, bound) => value > bound),
  DateGreaterThanEquals: date((value, bound) => value >= bound),
  Bool: text => value => value.toLowerCase() === text.toLowerCase(),
  BinaryEquals: text => value => value === text,
  IpAddress: text => {
    const contains = ipRange(text);
    return value => isIP(value) !== 0 && contains(value);
  },
};

const NEGATIONS: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
};

const NAME = /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<operator>[A-Za-z]+?)(?<ifExists>IfExists)?$/;

interface Line {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  /** Policies of version 2008-10-17 have no variables. */
  readonly variables: boolean;
}

/** @throws AwsError MalformedPolicyDocument for an operator that IAM does not have */
export function conditionOf({ operator: name, key, values, variables }: Line): Condition {
  const { set, operator = '', ifExists } = NAME.exec(name)?.groups ?? {};
  const lowered = key.toLowerCase();
  if (operator === 'Null') {
    const absent = values.map(value => value.toLowerCase() === 'true');
    return context => absent.includes(!context.has(lowered));
  }
  const negated = Object.hasOwn(NEGATIONS, operator);
  const positive = negated ? NEGATIONS[operator] : operator;
  const make = positive !== undefined && Object.hasOwn(OPERATORS, positive) ? OPERATORS[positive] : undefined;
  if (make === undefined) throw malformed(`Invalid Condition operator : ${name}`);
  const comparisons = values.map(value => make(value, { wildcards: false, variables }));
  const matches = (value: string, context: Context): boolean =>
    comparisons.some(comparison => comparison(value, context)) !== negated;
  const missing = ifExists !== undefined || (set === undefined ? negated : set === 'ForAllValues');
  return context => {
    const value = context.get(lowered);
    if (value === undefined) return missing;
    const all = typeof value === 'string' ? [value] : value;
    if (set === 'ForAllValues') return all.every(one => matches(one, context));
    if (set === 'ForAnyValue') return all.some(one => matches(one, context));
    // Without a set operator, a key has one value. A list is compared value by value, and a negation must hold for all.
    return negated ? all.every(one => matches(one, context)) : all.some(one => matches(one, context));
  };
}

function numeric(holds: (value: number, bound: number) => boolean): Operator {
  return text => value => holds(Number(value), Number(text));
}

/** ISO 8601, or seconds since 1970. */
function date(holds: (value: number, bound: number) => boolean): Operator {
  return text => value => holds(milliseconds(value), milliseconds(text));
}

function milliseconds(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

export function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}
