import type { State } from './asl.ts';
import { evaluate } from './jsonata.ts';
import { unlessAborted } from './sleep.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { StatesError } from './states-error.ts';

/** A Task of the optimized Lambda integration. Its result holds the payload and the other fields of Invoke's answer. */
export async function runTask(name: string, state: State, { input, frame }: StateRun): Promise<unknown> {
  const bindings = bindingsOf({ input, frame });
  const args = (await evaluate(state.Arguments, bindings, `${name}/Arguments`)) as {
    readonly FunctionName?: string;
    readonly Payload?: unknown;
  };
  if (args.FunctionName === undefined)
    throw new StatesError('States.Runtime', `the Arguments of '${name}' have no FunctionName`);
  const invocation = frame.integrations.invokeFunction(args.FunctionName, args.Payload ?? {}, frame.caller);
  const seconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : Number(await evaluate(state.TimeoutSeconds, bindings, `${name}/TimeoutSeconds`));
  const payload = await unlessAborted(
    seconds === undefined ? invocation : withTimeout(invocation, seconds),
    frame.signal,
  );
  return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
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
