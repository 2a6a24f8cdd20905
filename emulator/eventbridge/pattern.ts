import { AwsError } from '../protocol/aws-error.ts';

/** An event pattern: for a field what it may be, one of a list; for an object a pattern of its own. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly Wanted[];
}

/** A value, or how a text begins. */
type Wanted = string | number | boolean | null | { readonly prefix: string };

/** EventBridge user guide, quotas: characters of a pattern. */
const MOST_CHARACTERS = 2_048;

/** @throws AwsError InvalidEventPatternException, also for what is not here */
export function checkPattern(pattern: unknown): EventPattern {
  if (JSON.stringify(pattern).length > MOST_CHARACTERS)
    throw invalid(`Event pattern is too long, limit is ${MOST_CHARACTERS}`);
  checkObject(pattern, '');
  return pattern as EventPattern;
}

function checkObject(pattern: unknown, path: string): void {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern))
    throw invalid(`"${path}" must be an object or an array`);
  const fields = Object.entries(pattern);
  if (fields.length === 0) throw invalid('Empty objects are not allowed');
  for (const [field, wanted] of fields) {
    if (field.startsWith('$')) throw invalid(`the embedded EventBridge does not have ${field}`);
    if (!Array.isArray(wanted)) checkObject(wanted, field);
    else if (wanted.length === 0) throw invalid('Empty arrays are not allowed');
    else (wanted as readonly unknown[]).forEach(checkWanted);
  }
}

function checkWanted(wanted: unknown): void {
  if (typeof wanted !== 'object' || wanted === null) return;
  const [[operator, value] = ['', undefined], ...others] = Object.entries(wanted);
  if (operator !== 'prefix' || others.length > 0 || typeof value !== 'string')
    throw invalid(`the embedded EventBridge does not have ${JSON.stringify(wanted)}`);
}

function invalid(words: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${words}`);
}

/** Every field of the pattern must be there. A list in the event matches if one of its values does. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const fields = event as Readonly<Record<string, unknown>>;
  return Object.entries(pattern).every(([field, wanted]) =>
    isList(wanted)
      ? [fields[field]].flat().some(value => wanted.some(one => isWanted(one, value)))
      : matches(wanted, fields[field]),
  );
}

function isList(wanted: EventPattern | readonly Wanted[]): wanted is readonly Wanted[] {
  return Array.isArray(wanted);
}

function isWanted(wanted: Wanted, value: unknown): boolean {
  return typeof wanted === 'object' && wanted !== null
    ? typeof value === 'string' && value.startsWith(wanted.prefix)
    : wanted === value;
}
