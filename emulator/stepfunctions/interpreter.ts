import type { Catcher, Definition, Retrier, State, Template } from './asl.ts';
import type { Frame } from './execution-frame.ts';
import { assignedOf, inputOf, outputOf } from './history-events.ts';
import { evaluate, evaluateAs, type Bindings } from './jsonata.ts';
import { runMap } from './map.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import {
  errorOutput,
  ExecutionAborted,
  isTerminal,
  matches,
  QueryFailed,
  StatesError,
  type ErrorOutput,
} from './states-error.ts';
import { MAX_PAYLOAD_BYTES, runTask, tooLarge } from './task.ts';
import { sleep } from './sleep.ts';

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
    const step: Step = await visit(name, state, { input: value, frame });
    value = step.output;
    delete memory.children;
    name = step.next;
  }
  return value;
}

interface Step {
  readonly output: unknown;
  readonly next?: string;
  readonly assigned?: Readonly<Record<string, unknown>>;
}

async function visit(name: string, state: State, run: StateRun): Promise<Step> {
  const { trail } = run.frame;
  const before = trail.last;
  const entered = trail.record(`${state.Type}StateEntered`, () => ({ name, ...inputOf(run.input) }));
  const step = await runState(name, state, { ...run, entered, before });
  const { output, assigned } = step;
  if (Buffer.byteLength(JSON.stringify(output)) > MAX_PAYLOAD_BYTES) throw tooLarge(name);
  trail.record(`${state.Type}StateExited`, () => ({ name, ...outputOf(output), ...assignedOf(assigned) }));
  return step;
}

/** A state that was entered: the event of that, and the one before. */
interface Visit extends StateRun {
  readonly entered: number;
  readonly before: number;
}

async function runState(name: string, state: State, visited: Visit): Promise<Step> {
  const { input, frame } = visited;
  const attempts = new Map<Retrier, number>();
  for (let retryCount = 0; ; retryCount++) {
    const at = enter(frame, name, RETRIES.has(state.Type) ? retryCount : undefined);
    frame.integrations.transition?.();
    try {
      return await runOnce(name, state, { input, frame: at });
    } catch (error) {
      if (error instanceof ExecutionAborted || frame.signal.aborted) throw new ExecutionAborted();
      const output = errorOutput(
        error instanceof QueryFailed ? told(name, state, { error, visited }) : error,
      );
      if (isTerminal(output)) throw error;
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, output));
      const made = retrier === undefined ? 0 : (attempts.get(retrier) ?? 0);
      if (retrier !== undefined && made < (retrier.MaxAttempts ?? 3)) {
        attempts.set(retrier, made + 1);
        await sleep(backoffSeconds(retrier, made) * frame.waitScale, frame.signal);
        continue;
      }
      if (state.Type === 'Map' || state.Type === 'Parallel') frame.trail.record(`${state.Type}StateFailed`);
      const catcher = state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, output));
      if (catcher === undefined) throw new StatesError(output.Error, output.Cause);
      return await caught(catcher, output, { input, frame: at });
    } finally {
      frame.variables = at.variables;
    }
  }
}

/** The history has an event for a query that failed, and its cause says where its state was entered. */
function told(
  name: string,
  { Type }: State,
  { error, visited }: { readonly error: QueryFailed; readonly visited: Visit },
): StatesError {
  const { entered, before, frame } = visited;
  const cause = `An error occurred while executing the state '${name}' (entered at the event id #${entered}). ${error.cause_}`;
  const failed = new StatesError(error.error, cause);
  const { trail } = frame;
  const previous = trail.last === entered && Type !== 'Wait' ? before : trail.last;
  trail.recordAfter(previous, 'EvaluationFailed', () => ({
    ...{ state: name, error: error.error, cause },
    ...(error.location !== undefined && { location: error.location }),
  }));
  return failed;
}

/** What can be tried again. */
const RETRIES: ReadonlySet<State['Type']> = new Set(['Task', 'Parallel', 'Map']);

function enter(frame: Frame, name: string, retryCount: number | undefined): Frame {
  return {
    ...frame,
    variables: frame.variables,
    context: {
      ...frame.context,
      State: {
        ...{ EnteredTime: new Date().toISOString(), Name: name },
        ...(retryCount !== undefined && { RetryCount: retryCount }),
      },
    },
  };
}

async function runOnce(name: string, state: State, run: StateRun): Promise<Step> {
  const { input, frame } = run;
  switch (state.Type) {
    case 'Task':
      return leave(state, { run, result: await runTask(name, state, { input, frame }) });
    case 'Map':
      return leaveEnded(state, { run, result: await runMap(name, state, { input, frame, interpret }) });
    case 'Parallel':
      return leaveEnded(state, { run, result: await runParallel(state, run) });
    case 'Pass':
    case 'Succeed':
      return leave(state, { run });
    case 'Wait':
      await wait(state, run);
      return leave(state, { run });
    case 'Choice':
      return choose(name, state, run);
    case 'Fail':
      return fail(state, run);
  }
}

/** The children of a map or the branches of a parallel state are done. */
function leaveEnded(
  state: State,
  ended: { readonly run: StateRun; readonly result: unknown },
): Promise<Step> {
  ended.run.frame.trail.aside(`${state.Type}StateSucceeded`);
  return leave(state, ended);
}

/** Output and Assign see `$states.result`. Both are evaluated before either takes effect. */
async function leave(
  state: State,
  { run, result }: { readonly run: StateRun; readonly result?: unknown },
): Promise<Step> {
  const bindings = bindingsOf(run, result === undefined ? {} : { result });
  const otherwise = result === undefined ? run.input : result;
  const output = state.Output === undefined ? otherwise : await evaluate(state.Output, bindings, 'Output');
  const assigned = await assign(state.Assign, run, bindings);
  return { output, ...assigned, ...(state.Next !== undefined && { next: state.Next }) };
}

async function assign(
  template: Template,
  run: StateRun,
  bindings: Bindings,
): Promise<Pick<Step, 'assigned'>> {
  if (template === undefined) return {};
  const assigned = (await evaluate(template, bindings, 'Assign')) as Record<string, unknown>;
  run.frame.variables = { ...run.frame.variables, ...assigned };
  return { assigned };
}

async function caught({ Next, Assign, Output }: Catcher, error: ErrorOutput, run: StateRun): Promise<Step> {
  const bindings = bindingsOf(run, { errorOutput: error });
  const output = Output === undefined ? error : await evaluate(Output, bindings, 'Catch/Output');
  return { output, ...(await assign(Assign, run, bindings)), next: Next };
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
    const where = `Choices[${index}]/Condition`;
    const holds = await evaluateAs('boolean', rule.Condition, { bindings, where });
    if (!holds) continue;
    const output = rule.Output === undefined ? run.input : await evaluate(rule.Output, bindings, 'Output');
    return { output, ...(await assign(rule.Assign, run, bindings)), next: rule.Next };
  }
  if (state.Default === undefined)
    throw new StatesError('States.NoChoiceMatched', `no choice of '${name}' matched, and it has no Default`);
  return leave({ ...state, Next: state.Default }, { run });
}

/** RFC 3339, which the States Language asks for: with a `T`, and a zone. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

async function wait({ Seconds, Timestamp }: State, run: StateRun): Promise<void> {
  const bindings = bindingsOf(run);
  const seconds =
    Timestamp === undefined
      ? ((await evaluateAs('number', Seconds, { bindings, where: 'Seconds' })) as number)
      : (timeOf(await evaluate(Timestamp, bindings, 'Timestamp')) - Date.now()) / 1000;
  await sleep(Math.max(0, seconds) * run.frame.waitScale, run.frame.signal);
}

function timeOf(value: unknown): number {
  const time = typeof value === 'string' && TIMESTAMP.test(value) ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new QueryFailed(
    'Timestamp',
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${String(value)}`,
  );
}

async function fail({ Error: error, Cause: cause }: State, run: StateRun): Promise<never> {
  const bindings = bindingsOf(run);
  throw new StatesError(
    String(await evaluate(error ?? '', bindings, 'Error')),
    String(await evaluate(cause ?? '', bindings, 'Cause')),
  );
}

async function runParallel({ Branches = [], Arguments }: State, run: StateRun): Promise<unknown> {
  const { trail } = run.frame;
  const input = Arguments === undefined ? run.input : await evaluate(Arguments, bindingsOf(run), 'Arguments');
  trail.record('ParallelStateStarted');
  const branches = Branches.map(branch => ({ branch, at: trail.branch() }));
  let last = trail.last;
  const outputs = branches.map(({ branch, at }) =>
    interpret(branch, input, { ...run.frame, memory: {}, trail: at }).finally(() => (last = at.last)),
  );
  try {
    return await Promise.all(outputs);
  } finally {
    // Where the branch was that came last, or that failed.
    trail.goOnAfter(last);
  }
}
