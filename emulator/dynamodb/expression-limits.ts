import { Buffer } from 'node:buffer';

const EXPRESSIONS = [
  'UpdateExpression',
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
] as const;

/** Developer Guide, Constraints, "Expression parameters": of the string as it was sent. */
const MAX_BYTES = 4_096;
/** The same page. Which words count it does not say: here all do, but the `=` of a SET, which assigns. */
const MAX_OPERATORS = 300;

/** Comparators, arithmetic, the words of conditions, and functions. */
const OPERATOR = /<>|<=|>=|[<>=+-]|\b(?:and|or|not|between|in)\b|\b[a-z_]+(?=\s*\()/gi;

/** Why DynamoDB refuses the expressions of a request before it looks at an item; `undefined` where it does not. */
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
  // Placeholders may be called as operators are.
  const bare = expression.replace(/[#:][a-z0-9_]+/gi, 'x');
  const found = bare.match(OPERATOR) ?? [];
  return found.filter(one => name !== 'UpdateExpression' || one !== '=').length;
}

/** What is no JSON is refused for that. */
function inputOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
