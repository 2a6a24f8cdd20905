import type { Catcher, Definition, Retrier, State, Template } from './asl.ts';
import type { Frame } from './execution-frame.ts';
import { evaluate, type Bindings } from './jsonata.ts';
import { runMap } from './map.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import {
  errorOutput,
  ExecutionAborted,
  HistoryFull,
  matches,
  StatesError,
  type ErrorOutput,
} from './states-error.ts';
import { runTask } from './task.ts';
import { sleep } from './sleep.ts';

/** 256 KiB, the limit for the input and the output of a state. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Runs a definition to its end and returns the output. It starts at the first state, or at the one that an earlier try
 * has reached. It fails with a StatesError.
 */
export async function interpret(definition: Definition, input: unknown, frame: Frame): Promise<unknown> {
  const { memory } = frame;
  let name: string | undefined = memory.reached?.name ?? definition.StartAt;
  let value = memory.reached === undefined ? input : memory.reached.input;
  if (memory.reached !== undefined) frame.variables = memory.reached.variables;
  while (name !== undefined) {
    if (frame.signal.aborted) throw new ExecutionAborted();
    const state: State | undefined = definition.States[name];
    if (state === undefined) throw new StatesError('States.Runtime', `no state '${name}'`);
    memory.reached = { name, input: value, variables: frame.variables };
    frame.history.record(`${state.Type}StateEntered`, { name });
    const step: Step = await runState(name, state, { input: value, frame });
    frame.history.record(`${state.Type}StateExited`, { name });
    checkSize(step.output, name);
    value = step.output;
    delete memory.children;
    name = step.next;
  }
  return value;
}

interface Step {
  readonly output: unknown;
  readonly next?: string;
}

async function runState(name: string, state: State, { input, frame }: StateRun): Promise<Step> {
  const attempts = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount++) {
    const at = enter(frame, name, retryCount);
    frame.integrations.transition?.();
    try {
      return await runOnce(name, state, { input, frame: at });
    } catch (error) {
      if (error instanceof ExecutionAborted || frame.signal.aborted) throw new ExecutionAborted();
      if (error instanceof HistoryFull) throw error;
      const output = errorOutput(error);
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, output));
      const made = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && made < (retrier.MaxAttempts ?? 3)) {
        attempts.set(retrier, made + 1);
        await sleep(backoffSeconds(retrier, made) * frame.waitScale, frame.signal);
        continue;
      }
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, output));
      if (catcher === undefined) throw new StatesError(output.Error, output.Cause);
      return await caught(catcher, output, { input, frame: at });
    } finally {
      frame.variables = at.variables;
    }
  }
}

function enter(frame: Frame, name: string, retryCount: number): Frame {
  return {
    ...frame,
    variables: frame.variables,
    context: {
      ...frame.context,
      State: { EnteredTime: new Date().toISOString(), Name: name, RetryCount: retryCount },
    },
  };
}

async function runOnce(name: string, state: State, run: StateRun): Promise<Step> {
  const { input, frame } = run;
  switch (state.Type) {
    case 'Task':
      return leave(name, state, { run, result: await runTask(name, state, { input, frame }) });
    case 'Map':
      return leave(name, state, { run, result: await runMap(name, state, { input, frame, interpret }) });
    case 'Parallel':
      return leave(name, state, { run, result: await runParallel(name, state, run) });
    case 'Pass':
    case 'Succeed':
      return leave(name, state, { run });
    case 'Wait':
      await wait(name, state, run);
      return leave(name, state, { run });
    case 'Choice':
      return choose(name, state, run);
    case 'Fail':
      return fail(name, state, run);
  }
}

/** Output and Assign see `$states.result`. Both are evaluated before either takes effect. */
async function leave(
  name: string,
  state: State,
  { run, result }: { readonly run: StateRun; readonly result?: unknown },
): Promise<Step> {
  const bindings = bindingsOf(run, result === undefined ? {} : { result });
  const otherwise = result === undefined ? run.input : result;
  const output =
    state.Output === undefined ? otherwise : await evaluate(state.Output, bindings, `${name}/Output`);
  await assign(name, state.Assign, { run, bindings });
  return { output, ...(state.Next !== undefined && { next: state.Next }) };
}

async function assign(
  name: string,
  template: Template,
  { run, bindings }: { readonly run: StateRun; readonly bindings: Bindings },
): Promise<void> {
  if (template === undefined) return;
  const values = (await evaluate(template, bindings, `${name}/Assign`)) as Record<string, unknown>;
  run.frame.variables = { ...run.frame.variables, ...values };
}

async function caught({ Next, Assign, Output }: Catcher, error: ErrorOutput, run: StateRun): Promise<Step> {
  const bindings = bindingsOf(run, { errorOutput: error });
  const output = Output === undefined ? error : await evaluate(Output, bindings, 'Catch/Output');
  await assign('Catch', Assign, { run, bindings });
  return { output, next: Next };
}

function backoffSeconds(
  { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds, JitterStrategy }: Retrier,
  attempt: number,
): number {
  const delay = Math.min(
    IntervalSeconds * BackoffRate ** attempt,
    MaxDelaySeconds ?? Number.POSITIVE_INFINITY,
  );
  return JitterStrategy === 'FULL' ? Math.random() * delay : delay;
}

async function choose(name: string, state: State, run: StateRun): Promise<Step> {
  const bindings = bindingsOf(run);
  for (const [index, rule] of (state.Choices ?? []).entries()) {
    const holds = await evaluate(rule.Condition, bindings, `${name}/Choices[${index}]/Condition`);
    if (typeof holds !== 'boolean')
      throw new StatesError(
        'States.QueryEvaluationError',
        `The Condition of choice ${index} of '${name}' is no boolean.`,
      );
    if (!holds) continue;
    const output =
      rule.Output === undefined ? run.input : await evaluate(rule.Output, bindings, `${name}/Output`);
    await assign(name, rule.Assign, { run, bindings });
    return { output, next: rule.Next };
  }
  if (state.Default === undefined)
    throw new StatesError('States.NoChoiceMatched', `no choice of '${name}' matched, and it has no Default`);
  const step = await leave(name, { ...state, Next: state.Default }, { run });
  return step;
}

async function wait(name: string, { Seconds, Timestamp }: State, run: StateRun): Promise<void> {
  const bindings = bindingsOf(run);
  const until =
    Timestamp === undefined
      ? undefined
      : Date.parse(String(await evaluate(Timestamp, bindings, `${name}/Timestamp`)));
  const seconds =
    until === undefined
      ? Number(await evaluate(Seconds, bindings, `${name}/Seconds`))
      : (until - Date.now()) / 1000;
  await sleep(Math.max(0, seconds) * run.frame.waitScale, run.frame.signal);
}

async function fail(name: string, { Error: error, Cause: cause }: State, run: StateRun): Promise<never> {
  const bindings = bindingsOf(run);
  throw new StatesError(
    String(await evaluate(error ?? '', bindings, `${name}/Error`)),
    String(await evaluate(cause ?? '', bindings, `${name}/Cause`)),
  );
}

async function runParallel(
  name: string,
  { Branches = [], Arguments }: State,
  run: StateRun,
): Promise<unknown> {
  const input =
    Arguments === undefined ? run.input : await evaluate(Arguments, bindingsOf(run), `${name}/Arguments`);
  const { history } = run.frame;
  history.record('ParallelStateStarted');
  try {
    const branches = Branches.map(branch => interpret(branch, input, { ...run.frame, memory: {} }));
    const outputs = await Promise.all(branches);
    history.record('ParallelStateSucceeded');
    return outputs;
  } catch (error) {
    if (!(error instanceof ExecutionAborted || error instanceof HistoryFull))
      history.record('ParallelStateFailed');
    throw error;
  }
}

function checkSize(output: unknown, name: string): void {
  if (Buffer.byteLength(JSON.stringify(output)) > MAX_PAYLOAD_BYTES) {
    throw new StatesError(
      'States.DataLimitExceeded',
      `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }
}
