/** An error as the Amazon States Language knows it: a name that Retry and Catch match on, and a cause. */
export class StatesError extends Error {
  readonly error: string;
  readonly cause_: string;

  constructor(error: string, cause: string) {
    super(`${error}: ${cause}`);
    this.name = 'StatesError';
    this.error = error;
    this.cause_ = cause;
  }
}

export interface ErrorOutput {
  readonly Error: string;
  readonly Cause: string;
}

/** An expression that fails, or whose value is not what its field takes. */
export class QueryFailed extends StatesError {
  /** The field, such as `Output/total`. */
  readonly location: string | undefined;

  constructor(location: string | undefined, words: string) {
    super('States.QueryEvaluationError', words);
    this.location = location;
  }
}

export function errorOutput(error: unknown): ErrorOutput {
  if (error instanceof StatesError) return { Error: error.error, Cause: error.cause_ };
  return { Error: 'States.Runtime', Cause: error instanceof Error ? error.message : String(error) };
}

/** No Retry and no Catch sees it, whatever they name: it ends its execution. */
export function isTerminal({ Error: name }: ErrorOutput): boolean {
  return name === 'States.Runtime';
}

/** The execution has as many events as it may have. */
export class HistoryFull extends StatesError {
  constructor(most: number) {
    super('States.Runtime', `The execution reached the maximum number of history events (${most}).`);
  }
}

/** The execution was stopped. No Retry or Catch sees this error. */
export class ExecutionAborted extends Error {
  override readonly name = 'ExecutionAborted';
}

/** Does an ErrorEquals list name this error? (States Language, "Errors") */
export function matches(errorEquals: readonly string[], { Error: name }: ErrorOutput): boolean {
  return errorEquals.some(pattern => {
    if (pattern === 'States.ALL') return true;
    if (pattern === 'States.TaskFailed') return name !== 'States.Timeout';
    return pattern === name;
  });
}
