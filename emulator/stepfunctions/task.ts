import type { State } from './asl.ts';
import type { Frame } from './execution-frame.ts';
import { evaluate } from './jsonata.ts';
import { unlessAborted } from './sleep.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { ExecutionAborted, StatesError } from './states-error.ts';

/** A Task of the optimized Lambda integration. Its result holds the payload and the other fields of Invoke's answer. */
export async function runTask(name: string, state: State, { input, frame }: StateRun): Promise<unknown> {
  const bindings = bindingsOf({ input, frame });
  const args = (await evaluate(state.Arguments, bindings, `${name}/Arguments`)) as {
    readonly FunctionName?: string;
    readonly Payload?: unknown;
  };
  if (args.FunctionName === undefined)
    throw new StatesError('States.Runtime', `the Arguments of '${name}' have no FunctionName`);
  const seconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : Number(await evaluate(state.TimeoutSeconds, bindings, `${name}/TimeoutSeconds`));
  const { FunctionName, Payload = {} } = args;
  const payload = await inHistory(frame, () => {
    const invocation = frame.integrations.invokeFunction(FunctionName, Payload, frame.caller);
    return unlessAborted(seconds === undefined ? invocation : withTimeout(invocation, seconds), frame.signal);
  });
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
}

/** Three events for each try. */
async function inHistory<T>({ history }: Frame, work: () => Promise<T>): Promise<T> {
  history.record('TaskScheduled');
  history.record('TaskStarted');
  let result: T;
  try {
    result = await work();
  } catch (error) {
    if (!(error instanceof ExecutionAborted))
      history.record(
        error instanceof StatesError && error.error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed',
      );
    throw error;
  }
  history.record('TaskSucceeded');
  return result;
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StatesError('States.Timeout', `no answer within ${seconds} seconds`)),
      seconds * 1000,
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
