import type { History } from './history.ts';
import type { ErrorOutput } from './states-error.ts';

type Details = Readonly<Record<string, unknown>>;

const WHOLE = { truncated: false };

export function inputOf(input: unknown): Details {
  return { input: JSON.stringify(input), inputDetails: WHOLE };
}

export function outputOf(output: unknown): Details {
  return { output: JSON.stringify(output), outputDetails: WHOLE };
}

export function assignedOf(variables: Readonly<Record<string, unknown>> | undefined): Details {
  if (variables === undefined) return {};
  const texts = Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]);
  return { assignedVariables: Object.fromEntries(texts) as Details, assignedVariablesDetails: WHOLE };
}

/** Of an error without a name or a cause an event has neither. */
export function failureOf({ Error: error, Cause: cause }: Partial<ErrorOutput>): Details {
  const has = (text: string | undefined): boolean => text !== undefined && text !== '';
  return { ...(has(error) && { error }), ...(has(cause) && { cause }) };
}

const DATA = /^(input|output|assignedVariables|parameters)/;

/** The events as GetExecutionHistory answers them. */
export function historyOf(
  { events }: History,
  withData: boolean,
): readonly (Details & { readonly type: string })[] {
  return events.map(({ type, timestamp, previous, details }, index) => ({
    ...{ id: index + 1, previousEventId: previous, type, timestamp: timestamp / 1000 },
    ...(details !== undefined && { [memberOf(type)]: withData ? details : withoutData(details) }),
  }));
}

function memberOf(type: string): string {
  if (type.endsWith('StateEntered')) return 'stateEnteredEventDetails';
  if (type.endsWith('StateExited')) return 'stateExitedEventDetails';
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}

function withoutData(details: Details): Details {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !DATA.test(name)));
}
