import { Buffer } from 'node:buffer';

const EXPRESSIONS = [
  'UpdateExpression',
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
] as const;

/** Developer Guide, Constraints, "Expression parameters": the limit for the string as it was sent. */
const MAX_BYTES = 4_096;
/**
 * From the same page, which does not say which words count. Here all of them do, except the `=` of a SET, which assigns.
 */
const MAX_OPERATORS = 300;

/** Comparators, arithmetic, the words of conditions, and functions. */
const OPERATOR = /<>|<=|>=|[<>=+-]|\b(?:and|or|not|between|in)\b|\b[a-z_]+(?=\s*\()/gi;

/** Why DynamoDB refuses the expressions of a request before it looks at an item; `undefined` if it accepts them. */
export function expressionTooLarge(body: Buffer): string | undefined {
  const input = inputOf(body);
  for (const name of EXPRESSIONS) {
    const expression = input[name];
    if (typeof expression !== 'string') continue;
    const bytes = Buffer.byteLength(expression);
    if (bytes > MAX_BYTES)
      return `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`;
    if (operatorsOf(name, expression) > MAX_OPERATORS)
      return `Invalid ${name}: The expression contains too many operators; operator count: ${MAX_OPERATORS + 1}`;
  }
  return undefined;
}

function operatorsOf(name: string, expression: string): number {
  // A placeholder may have the name of an operator.
  const bare = expression.replace(/[#:][a-z0-9_]+/gi, 'x');
  const found = bare.match(OPERATOR) ?? [];
  return found.filter(one => name !== 'UpdateExpression' || one !== '=').length;
}

/** A body that is not JSON is refused for that reason. */
function inputOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
