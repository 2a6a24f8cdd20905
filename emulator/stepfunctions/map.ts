import { randomUUID } from 'node:crypto';
import type { Definition, Processor, State } from './asl.ts';
import type { Child, ExecutionContext, Frame } from './execution-frame.ts';
import { type History, Trail } from './history.ts';
import { failureOf } from './history-events.ts';
import { itemsOfState, readItems } from './item-reader.ts';
import { evaluate, evaluateAs } from './jsonata.ts';
import type { MapRun } from './map-runs.ts';
import { runChildren } from './map-children.ts';
import { outputs, writeResults } from './result-writer.ts';
import { bindingsOf, type StateRun } from './state-run.ts';
import { errorOutput, ExecutionAborted, HistoryFull, QueryFailed, StatesError } from './states-error.ts';

export interface MapScope extends StateRun {
  /** Runs the definition of one child. It is the same interpreter that runs this map. */
  readonly interpret: (definition: Definition, input: unknown, frame: Frame) => Promise<unknown>;
}

/** Runs a Map state, inline or distributed. */
export async function runMap(name: string, state: State, scope: MapScope): Promise<unknown> {
  const { ItemProcessor: processor } = state;
  if (processor === undefined) throw new StatesError('States.Runtime', `'${name}' has no ItemProcessor`);
  const { memory, trail } = scope.frame;
  const past = memory.redriven === true ? memory.children : undefined;
  delete memory.redriven;
  const given = past === undefined ? await itemsOfState(state, scope) : past;
  trail.record('MapStateStarted', () => ({ length: given?.length ?? 0 }));
  const mapped: Mapped = { name, state, processor, scope, run: await openRun(name, state, scope) };
  if (processor.ProcessorConfig?.Mode === 'DISTRIBUTED')
    return runDistributed(mapped, { past, given: past === undefined ? given : undefined });
  const children = past ?? (await newChildren(mapped, given ?? []));
  memory.children = children;
  return runInline(mapped, children);
}

interface Mapped {
  readonly name: string;
  readonly state: State;
  readonly processor: Processor;
  readonly scope: MapScope;
  readonly run: MapRun;
}

/** An inline map fails with its child's own error. */
async function runInline(mapped: Mapped, children: readonly Child[]): Promise<unknown> {
  const { trail } = mapped.scope.frame;
  let [last, end] = [trail.last, trail.last];
  try {
    await runAll(mapped, children, async (child, stop) => {
      const at = new Trail(trail.history, last);
      const details = () => ({ name: mapped.name, index: children.indexOf(child) });
      at.record('MapIterationStarted', details);
      try {
        await runChild(child, mapped, { stop, frame: { ...mapped.scope.frame, trail: at } });
        end = at.aside('MapIterationSucceeded', details);
      } catch (error) {
        if (!(error instanceof ExecutionAborted || error instanceof HistoryFull)) {
          end = at.last;
          at.aside('MapIterationFailed', details);
        }
        throw error;
      } finally {
        last = at.last;
      }
    });
    return outputs(children);
  } finally {
    trail.goOnAfter(end);
  }
}

/** Its children are executions of their own. */
async function runDistributed(
  mapped: Mapped,
  {
    past,
    given,
  }: { readonly past: readonly Child[] | undefined; readonly given: readonly unknown[] | undefined },
): Promise<unknown> {
  const { state, scope, run } = mapped;
  const { trail, mapRuns, memory } = scope.frame;
  needForChildren(scope, past === undefined ? 'StartExecution' : 'RedriveExecution');
  mapRuns.add(run);
  trail.record('MapRunStarted', () => ({ mapRunArn: run.arn }));
  let children: readonly Child[] = [];
  try {
    children = past ?? (await newChildren(mapped, given ?? (await readItems(state, scope))));
    memory.children = children;
    await runAll(mapped, children, (child, stop) => runExecution(child, mapped, stop));
    const written = await writeResults(state, { scope, children, run });
    run.counts.resultsWritten = children.length;
    run.status = 'SUCCEEDED';
    trail.record('MapRunSucceeded');
    return written;
  } catch (error) {
    run.status = error instanceof ExecutionAborted ? 'ABORTED' : 'FAILED';
    if (run.status === 'FAILED') {
      if (isThreshold(error)) await writeResults(state, { scope, children, run });
      trail.record('MapRunFailed', () => failureOf(errorOutput(error)));
    }
    throw error;
  } finally {
    run.stoppedAt = Date.now();
  }
}

function isThreshold(error: unknown): boolean {
  return errorOutput(error).Error === 'States.ExceedToleratedFailureThreshold';
}

/** Those that have not succeeded. If a threshold ends the run, it stops the children that are still running. */
async function runAll(
  { run }: Mapped,
  children: readonly Child[],
  start: (child: Child, stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = children.filter(({ status }) => status !== 'SUCCEEDED');
  const { length } = left;
  Object.assign(run.counts, { total: children.length, pending: length, succeeded: children.length - length });
  const stop = new AbortController();
  try {
    await runChildren(left, run, child => start(child, stop.signal));
  } finally {
    stop.abort();
  }
}

/** A distributed map starts its children, or redrives them, and asks how they are and stops them if it must. */
function needForChildren({ frame }: MapScope, begin: 'StartExecution' | 'RedriveExecution'): void {
  const { integrations, context, caller } = frame;
  for (const action of [begin, 'DescribeExecution', 'StopExecution'] as const)
    integrations.needForChildren(action, context.StateMachine.Id, caller);
}

async function newChildren(mapped: Mapped, items: readonly unknown[]): Promise<readonly Child[]> {
  return Promise.all(
    items.map(async (item, index): Promise<Child> => {
      const input = await childInput(mapped, item, index);
      return { name: randomUUID(), input, status: 'PENDING' };
    }),
  );
}

async function childInput({ state, scope }: Mapped, item: unknown, index: number): Promise<unknown> {
  if (state.ItemSelector === undefined) return item;
  const context: ExecutionContext = { ...scope.frame.context, Map: { Item: { Index: index, Value: item } } };
  const bindings = bindingsOf({ input: scope.input, frame: { ...scope.frame, context } });
  return evaluate(state.ItemSelector, bindings, 'ItemSelector');
}

async function openRun(name: string, state: State, scope: MapScope): Promise<MapRun> {
  const bindings = bindingsOf(scope);
  const number = async (
    field: 'MaxConcurrency' | 'ToleratedFailurePercentage' | 'ToleratedFailureCount',
  ): Promise<number> => {
    if (state[field] === undefined) return 0;
    const value = (await evaluateAs('number', state[field], { bindings, where: field })) as number;
    if (value >= 0) return value;
    throw new QueryFailed(field, `${field} cannot be negative.`);
  };
  const { Id } = scope.frame.context.Execution;
  return {
    arn: `${Id.replace(':execution:', ':mapRun:').replace(/:[^:]*$/, '')}/${state.Label ?? name}:${randomUUID()}`,
    executionArn: Id,
    startedAt: Date.now(),
    status: 'RUNNING',
    counts: { total: 0, pending: 0, running: 0, succeeded: 0, failed: 0, aborted: 0, resultsWritten: 0 },
    maxConcurrency: await number('MaxConcurrency'),
    toleratedFailurePercentage: await number('ToleratedFailurePercentage'),
    toleratedFailureCount: await number('ToleratedFailureCount'),
  };
}

/** A distributed child sees its input but none of the parent's variables, and its events count for itself. */
async function runExecution(child: Child, mapped: Mapped, stop: AbortSignal): Promise<void> {
  const { frame } = mapped.scope;
  const history = beginIn(child, frame.trail.history);
  const own = {
    trail: new Trail(history),
    variables: {},
    context: childContext(frame.context, child, mapped.run),
  };
  try {
    await runChild(child, mapped, { stop, frame: { ...frame, ...own } });
    history.end('ExecutionSucceeded', { previous: 0 });
  } catch (error) {
    history.end(error instanceof ExecutionAborted ? 'ExecutionAborted' : 'ExecutionFailed', { previous: 0 });
    // The run counts it, and goes on while it tolerates as many.
    if (error instanceof ExecutionAborted) throw error;
  }
}

async function runChild(
  child: Child,
  { processor, scope: { interpret }, run }: Mapped,
  { stop, frame }: { readonly stop: AbortSignal; readonly frame: Frame },
): Promise<void> {
  child.status = 'RUNNING';
  child.startedAt = Date.now();
  try {
    const signal = AbortSignal.any([frame.signal, stop]);
    child.output = await interpret(processor, child.input, { ...frame, signal, memory: child });
    child.status = 'SUCCEEDED';
    run.counts.succeeded++;
  } catch (error) {
    const aborted = error instanceof ExecutionAborted;
    child.status = aborted ? 'ABORTED' : 'FAILED';
    if (!aborted) child.error = errorOutput(error);
    run.counts[aborted ? 'aborted' : 'failed']++;
    throw error;
  } finally {
    run.counts.running--;
    child.stoppedAt = Date.now();
  }
}

/** The history of a distributed child, which a redrive goes on in. */
function beginIn(child: Child, parent: History): History {
  const event = child.history === undefined ? 'ExecutionStarted' : 'ExecutionRedriven';
  child.history ??= parent.ofChild();
  child.history.record(event, { previous: 0 });
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
