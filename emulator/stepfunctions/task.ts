import type { State } from './asl.ts';
import type { Frame } from './execution-frame.ts';
import { failureOf, outputOf } from './history-events.ts';
import { evaluate, evaluateAs } from './jsonata.ts';
import { unlessAborted } from './sleep.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { errorOutput, ExecutionAborted, StatesError } from './states-error.ts';

/** 256 KiB, the limit for what a task answers, and for the input and the output of a state. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

interface Call {
  readonly FunctionName: string;
  readonly Payload?: unknown;
}

/** A Task of the optimized Lambda integration. Its result holds the payload and the other fields of Invoke's answer. */
export async function runTask(name: string, state: State, { input, frame }: StateRun): Promise<unknown> {
  const bindings = bindingsOf({ input, frame });
  const args = (await evaluate(state.Arguments, bindings, 'Arguments')) as Partial<Call>;
  const { FunctionName, Payload = {} } = args;
  if (FunctionName === undefined)
    throw new StatesError('States.Runtime', `the Arguments of '${name}' have no FunctionName`);
  const at = { bindings, where: 'TimeoutSeconds' };
  const seconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : ((await evaluateAs('number', state.TimeoutSeconds, at)) as number);
  return inHistory(frame, { call: { ...args, FunctionName }, seconds }, async () => {
    const invocation = frame.integrations.invokeFunction(FunctionName, Payload, frame.caller);
    const timed = seconds === undefined ? invocation : withTimeout(invocation, seconds);
    return resultOf(await unlessAborted(timed, frame.signal));
  });
}

/** @throws StatesError if it is too large */
function resultOf(payload: unknown): unknown {
  const result = { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
  if (Buffer.byteLength(JSON.stringify(result)) > MAX_PAYLOAD_BYTES) throw tooLarge('lambda');
  return result;
}

export function tooLarge(name: string): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

const INVOKE = { resourceType: 'lambda', resource: 'invoke' };

/** Three events for each try. */
async function inHistory(
  { trail, context }: Frame,
  { call, seconds }: { readonly call: Call; readonly seconds: number | undefined },
  work: () => Promise<unknown>,
): Promise<unknown> {
  trail.record('TaskScheduled', () => ({
    ...INVOKE,
    region: context.StateMachine.Id.split(':')[3],
    parameters: JSON.stringify(call),
    ...(seconds !== undefined && { timeoutInSeconds: seconds }),
  }));
  trail.record('TaskStarted', () => INVOKE);
  let result: unknown;
  try {
    result = await work();
  } catch (error) {
    if (error instanceof ExecutionAborted) throw error;
    const output = errorOutput(error);
    const type = output.Error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed';
    trail.record(type, () => ({ ...INVOKE, ...failureOf(output) }));
    throw error;
  }
  trail.record('TaskSucceeded', () => ({ ...INVOKE, ...outputOf(result) }));
  return result;
}

async function withTimeout<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StatesError('States.Timeout', '')), seconds * 1000);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
