import { randomUUID } from 'node:crypto';
import type { Definition, Processor, State } from './asl.ts';
import type { Child, ExecutionContext, Frame } from './execution-frame.ts';
import type { History } from './history.ts';
import { readItems } from './item-reader.ts';
import { evaluate } from './jsonata.ts';
import type { MapRun } from './map-runs.ts';
import { outputs, writeResults } from './result-writer.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { errorOutput, ExecutionAborted, HistoryFull, StatesError } from './states-error.ts';

export interface MapScope extends StateRun {
  /** Runs the definition of one child. It is the same interpreter that runs this map. */
  readonly interpret: (definition: Definition, input: unknown, frame: Frame) => Promise<unknown>;
}

/** The service's own limit of children at a time, which applies if MaxConcurrency is 0. */
const NO_LIMIT = 10_000;

/** Runs a Map state, inline or distributed. */
export async function runMap(name: string, state: State, scope: MapScope): Promise<unknown> {
  const { ItemProcessor: processor } = state;
  if (processor === undefined) throw new StatesError('States.Runtime', `'${name}' has no ItemProcessor`);
  const { memory } = scope.frame;
  const past = memory.redriven === true ? memory.children : undefined;
  delete memory.redriven;
  const children = past ?? (await newChildren(name, state, scope));
  memory.children = children;
  const left = children.filter(({ status }) => status !== 'SUCCEEDED');
  const run = await openRun(name, state, { scope, children, left });
  const distributed = processor.ProcessorConfig?.Mode === 'DISTRIBUTED';
  const { history, mapRuns } = scope.frame;
  history.record('MapStateStarted', { length: distributed ? 0 : children.length });
  if (distributed) {
    needForChildren(scope, past === undefined ? 'StartExecution' : 'RedriveExecution');
    mapRuns.add(run);
    history.record('MapRunStarted', { mapRunArn: run.arn });
  }
  const stop = new AbortController();
  try {
    await runChildren(left, run, child =>
      runChild(child, { processor, scope, distributed, run, stop: stop.signal }),
    );
  } catch (error) {
    run.status = error instanceof ExecutionAborted ? 'ABORTED' : 'FAILED';
    if (run.status === 'FAILED' && distributed) await writeResults(name, state, { scope, children, run });
    if (run.status === 'FAILED' && !(error instanceof HistoryFull)) {
      if (distributed) history.record('MapRunFailed');
      history.record('MapStateFailed');
    }
    throw error;
  } finally {
    // If a threshold ended the run, stop the children that are still running.
    stop.abort();
    run.stoppedAt = Date.now();
  }
  run.status = 'SUCCEEDED';
  if (distributed) history.record('MapRunSucceeded');
  history.record('MapStateSucceeded');
  return distributed && state.ResultWriter !== undefined
    ? writeResults(name, state, { scope, children, run })
    : outputs(children);
}

/** A distributed map starts its children, or redrives them, and asks how they are and stops them if it must. */
function needForChildren({ frame }: MapScope, begin: 'StartExecution' | 'RedriveExecution'): void {
  const { integrations, context, caller } = frame;
  for (const action of [begin, 'DescribeExecution', 'StopExecution'] as const)
    integrations.needForChildren(action, context.StateMachine.Id, caller);
}

async function newChildren(name: string, state: State, scope: MapScope): Promise<readonly Child[]> {
  const items = await readItems(name, state, scope);
  return Promise.all(items.map((item, index) => newChild(name, state, { scope, item, index })));
}

async function newChild(
  name: string,
  state: State,
  at: { readonly scope: MapScope; readonly item: unknown; readonly index: number },
): Promise<Child> {
  return { name: randomUUID(), input: await childInput(name, state, at), status: 'PENDING' };
}

async function childInput(
  name: string,
  state: State,
  { scope, item, index }: { readonly scope: MapScope; readonly item: unknown; readonly index: number },
): Promise<unknown> {
  if (state.ItemSelector === undefined) return item;
  const context: ExecutionContext = { ...scope.frame.context, Map: { Item: { Index: index, Value: item } } };
  return evaluate(
    state.ItemSelector,
    bindingsOf({ input: scope.input, frame: { ...scope.frame, context } }),
    `${name}/ItemSelector`,
  );
}

async function openRun(
  name: string,
  state: State,
  {
    scope,
    children,
    left,
  }: { readonly scope: MapScope; readonly children: readonly Child[]; readonly left: readonly Child[] },
): Promise<MapRun> {
  const bindings = bindingsOf(scope);
  const number = async (
    field: 'MaxConcurrency' | 'ToleratedFailurePercentage' | 'ToleratedFailureCount',
  ): Promise<number> => {
    const value = state[field] === undefined ? 0 : await evaluate(state[field], bindings, `${name}/${field}`);
    if (typeof value !== 'number' || value < 0)
      throw new StatesError(
        'States.QueryEvaluationError',
        `${field} of '${name}' is no number from 0 on: ${JSON.stringify(value)}`,
      );
    return value;
  };
  const { Id } = scope.frame.context.Execution;
  return {
    arn: `${Id.replace(':execution:', ':mapRun:').replace(/:[^:]*$/, '')}/${state.Label ?? name}:${randomUUID()}`,
    executionArn: Id,
    startedAt: Date.now(),
    status: 'RUNNING',
    counts: {
      total: children.length,
      pending: left.length,
      running: 0,
      succeeded: children.length - left.length,
      failed: 0,
      aborted: 0,
      resultsWritten: 0,
    },
    maxConcurrency: await number('MaxConcurrency'),
    toleratedFailurePercentage: await number('ToleratedFailurePercentage'),
    toleratedFailureCount: await number('ToleratedFailureCount'),
  };
}

/** Starts children as slots become free, and stops all of them once too many have failed. */
function runChildren(
  children: readonly Child[],
  run: MapRun,
  start: (child: Child) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let ended = false;
    const end = (error?: unknown): void => {
      if (ended) return;
      ended = true;
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('a child failed', { cause: error }));
    };
    const fill = (): void => {
      if (ended) return;
      if (exceeded(run))
        return end(
          new StatesError(
            'States.ExceedToleratedFailureThreshold',
            'The specified tolerated failure threshold was exceeded',
          ),
        );
      if (next === children.length && run.counts.running === 0) return end();
      // Read the limit each time, because UpdateMapRun may have changed it.
      while (
        next < children.length &&
        run.counts.running < (run.maxConcurrency === 0 ? NO_LIMIT : run.maxConcurrency)
      ) {
        const child = children[next++] as Child;
        run.counts.pending--;
        run.counts.running++;
        start(child).then(fill, end);
      }
    };
    fill();
  });
}

function exceeded({ counts, toleratedFailureCount, toleratedFailurePercentage }: MapRun): boolean {
  if (counts.failed === 0) return false;
  const percentage = (100 * counts.failed) / Math.max(1, counts.total);
  return counts.failed > toleratedFailureCount && percentage > toleratedFailurePercentage;
}

interface ChildScope {
  readonly processor: Processor;
  readonly scope: MapScope;
  readonly distributed: boolean;
  readonly run: MapRun;
  readonly stop: AbortSignal;
}

/**
 * A distributed child is an execution of its own. It sees its input but none of the parent's variables, and its events
 * count for itself. Those of an inline map count for the execution that has the map.
 */
async function runChild(
  child: Child,
  { processor, scope: { frame, interpret }, distributed, run, stop }: ChildScope,
): Promise<void> {
  child.status = 'RUNNING';
  child.startedAt = Date.now();
  const context = distributed ? childContext(frame.context, child, run) : frame.context;
  try {
    const signal = AbortSignal.any([frame.signal, stop]);
    const history = beginIn(child, distributed ? frame.history : undefined);
    const own = { memory: child, ...(distributed && { variables: {} }), history: history ?? frame.history };
    if (!distributed) frame.history.record('MapIterationStarted');
    child.output = await interpret(processor, child.input, { ...frame, signal, context, ...own });
    if (!distributed) frame.history.record('MapIterationSucceeded');
    history?.end('ExecutionSucceeded');
    child.status = 'SUCCEEDED';
    run.counts.succeeded++;
  } catch (error) {
    child.history?.end(error instanceof ExecutionAborted ? 'ExecutionAborted' : 'ExecutionFailed');
    if (error instanceof ExecutionAborted) {
      child.status = 'ABORTED';
      run.counts.aborted++;
      throw error;
    }
    child.status = 'FAILED';
    child.error = errorOutput(error);
    run.counts.failed++;
    // An inline map fails with its child's own error.
    if (distributed) return;
    if (!(error instanceof HistoryFull)) frame.history.record('MapIterationFailed');
    throw error;
  } finally {
    run.counts.running--;
    child.stoppedAt = Date.now();
  }
}

/** The history of a distributed child, which a redrive goes on in. */
function beginIn(child: Child, parent: History | undefined): History | undefined {
  if (parent === undefined) return undefined;
  const event = child.history === undefined ? 'ExecutionStarted' : 'ExecutionRedriven';
  child.history ??= parent.ofChild();
  child.history.record(event);
  return child.history;
}

function childContext(parent: ExecutionContext, child: Child, run: MapRun): ExecutionContext {
  const id = `${run.arn.replace(':mapRun:', ':execution:').replace(/:[^:]*$/, '')}:${child.name}`;
  return {
    StateMachine: parent.StateMachine,
    Execution: {
      ...parent.Execution,
      Id: id,
      Name: child.name,
      Input: child.input,
      StartTime: new Date().toISOString(),
    },
  };
}
