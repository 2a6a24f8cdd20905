/** What a task answers, in the order of its tries; the last answer stays. */
export type TaskAnswer =
  { readonly returns: unknown } | { readonly throws: { readonly error: string; readonly cause: string } };

/** A state machine, and how an execution of it ends on AWS by its documentation: it is played on every executor that is compared. */
export interface StateMachineCase {
  readonly title: string;
  readonly states: Readonly<Record<string, object>>;
  readonly startAt: string;
  readonly input?: unknown;
  /** Of the bucket `machines`, before the execution begins. */
  readonly objects?: Readonly<Record<string, string>>;
  /** By the name of the state. */
  readonly tasks?: Readonly<Record<string, readonly TaskAnswer[]>>;
  readonly ends:
    | { readonly status: 'SUCCEEDED'; readonly output: unknown }
    | { readonly status: 'FAILED'; readonly error: string; readonly cause?: string };
}

export const BUCKET = 'machines';

/** A function's name is that of its state, so that an executor that has functions can answer as one that mocks them. */
export const taskOf = (name: string, changes: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: {
    FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    Payload: '{% $states.input %}',
  },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...changes,
});

export const pass = (Output: unknown, changes: object = { End: true }): object => ({
  ...{ Type: 'Pass', Output },
  ...changes,
});

export const distributed = (child: Readonly<Record<string, object>>, changes: object = {}): object => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: Object.keys(child)[0],
    States: child,
  },
  End: true,
  ...changes,
});
