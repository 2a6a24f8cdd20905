/** A member of an object or an array of JSON; `undefined` if there is none. Names such as `__proto__` are names. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The longest text that is read as JSON. DynamoDB's items have at most 400 KB. */
const MAX_TEXT = 1_048_576;

/** What a text says as JSON, if it is an object or an array. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_TEXT || !/^\s{0,16}[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
