import { randomUUID } from 'node:crypto';
import { AwsError } from '../protocol/aws-error.ts';
import type { ExecutionContext, Frame, Integrations, Memory } from './execution-frame.ts';
import { History, Trail } from './history.ts';
import { failureOf, inputOf } from './history-events.ts';
import { interpret } from './interpreter.ts';
import { MapRuns } from './map-runs.ts';
import { needArn, type StateMachine } from './state-machines.ts';
import { errorOutput, ExecutionAborted, type ErrorOutput } from './states-error.ts';

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StateMachine;
  readonly input: string;
  readonly startedAt: number;
  readonly history: History;
  stop: AbortController;
  readonly memory: Memory;
  redriveCount: number;
  redrivenAt?: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  stoppedAt?: number;
  output?: string;
  error?: ErrorOutput;
}

/** What CloudWatch counts of an execution. */
export type Counted = 'Started' | 'Succeeded' | 'Failed' | 'Aborted' | 'TimedOut';

export interface ExecutionsOptions {
  readonly integrations: Integrations;
  /** Told when an execution begins and ends. @default nobody is */
  readonly count?: (machineArn: string, counted: Counted) => void;
  /** The fraction of their time that Wait states and back-offs take. Tests may shorten them. @default 1 */
  readonly waitScale?: number;
  /** The most events of an execution. Tests may lower it, so that an execution meets it soon. @default 25000 */
  readonly historyLimit?: number;
}

/** Starts, holds and stops executions. They live as long as the process. */
export class Executions {
  readonly mapRuns = new MapRuns();
  readonly #executions = new Map<string, Execution>();
  readonly #options: ExecutionsOptions;

  constructor(options: ExecutionsOptions) {
    this.#options = options;
  }

  start(
    machine: StateMachine,
    { name = randomUUID(), input = '{}' }: { readonly name?: string; readonly input?: string },
  ): Execution {
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const existing = this.#executions.get(arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && existing.input === input) return existing;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const parsed = parseInput(input);
    const { historyLimit } = this.#options;
    const execution: Execution = {
      arn,
      name,
      machine,
      input,
      startedAt: Date.now(),
      history: new History(historyLimit === undefined ? {} : { most: historyLimit }),
      stop: new AbortController(),
      memory: {},
      redriveCount: 0,
      status: 'RUNNING',
    };
    this.#executions.set(arn, execution);
    const details = () => ({ ...inputOf(parsed), roleArn: machine.roleArn });
    execution.history.record('ExecutionStarted', { previous: 0, details });
    this.#options.count?.(machine.arn, 'Started');
    void this.#run(execution, parsed, new Trail(execution.history));
    return execution;
  }

  get(arn: unknown): Execution {
    needArn(arn);
    const execution = this.#executions.get(arn);
    if (execution === undefined)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  of(machineArn: string): readonly Execution[] {
    return [...this.#executions.values()].filter(({ machine }) => machine.arn === machineArn).reverse();
  }

  stop(execution: Execution, error: ErrorOutput | undefined): void {
    if (execution.status !== 'RUNNING') return;
    this.#end(execution, { status: 'ABORTED', ...(error !== undefined && { error }) });
    execution.stop.abort();
  }

  /** Continues from the state at which the execution ended, with the children of a map that have not succeeded. */
  redrive(execution: Execution): void {
    if (!['FAILED', 'ABORTED', 'TIMED_OUT'].includes(execution.status))
      throw new AwsError(
        'ExecutionNotRedrivable',
        `Execution is ${execution.status} and cannot be redriven: '${execution.arn}'`,
      );
    if (execution.history.isFull)
      throw new AwsError(
        'ExecutionNotRedrivable',
        `Execution has ${execution.history.count} events and cannot be redriven: '${execution.arn}'`,
      );
    execution.status = 'RUNNING';
    execution.stop = new AbortController();
    execution.redriveCount++;
    execution.memory.redriven = true;
    execution.redrivenAt = Date.now();
    delete execution.stoppedAt;
    delete execution.error;
    const { history, redriveCount } = execution;
    const trail = new Trail(history, history.count);
    trail.record('ExecutionRedriven', () => ({ redriveCount }));
    void this.#run(execution, parseInput(execution.input), trail);
  }

  stopAll(): void {
    for (const execution of this.#executions.values()) this.stop(execution, undefined);
  }

  async #run(execution: Execution, input: unknown, trail: Trail): Promise<void> {
    const { signal } = execution.stop;
    const timer = this.#timeOut(execution);
    try {
      const { definition } = execution.machine;
      const output = await interpret(definition, input, this.#frame(execution, input, trail));
      // If an earlier try of a redriven execution still returns a result, that is not the end of the execution.
      if (!signal.aborted)
        this.#end(execution, { status: 'SUCCEEDED', output: JSON.stringify(output) }, trail.last);
    } catch (error) {
      if (!(error instanceof ExecutionAborted) && !signal.aborted)
        this.#end(execution, { status: 'FAILED', error: errorOutput(error) }, trail.last);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it when the time is over that its definition gives it. */
  #timeOut(execution: Execution): NodeJS.Timeout | undefined {
    const { TimeoutSeconds } = execution.machine.definition;
    if (TimeoutSeconds === undefined) return undefined;
    const { stop } = execution;
    return setTimeout(() => {
      if (stop.signal.aborted) return;
      this.#end(execution, { status: 'TIMED_OUT' });
      stop.abort();
    }, TimeoutSeconds * 1000).unref();
  }

  #end(execution: Execution, result: Result, previous = 0): void {
    if (!end(execution, result, previous)) return;
    this.#options.count?.(execution.machine.arn, COUNTED[result.status]);
  }

  #frame(execution: Execution, input: unknown, trail: Trail): Frame {
    const { machine, name, arn, startedAt, stop } = execution;
    const context: ExecutionContext = {
      Execution: {
        Id: arn,
        Input: input,
        Name: name,
        RoleArn: machine.roleArn,
        StartTime: new Date(startedAt).toISOString(),
        RedriveCount: execution.redriveCount,
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    return {
      context,
      variables: {},
      signal: stop.signal,
      caller: { accountId: machine.arn.split(':')[4] ?? '', arn: machine.roleArn },
      integrations: this.#options.integrations,
      mapRuns: this.mapRuns,
      memory: execution.memory,
      waitScale: this.#options.waitScale ?? 1,
      trail,
    };
  }
}

interface Result extends Pick<Execution, 'output' | 'error'> {
  readonly status: Exclude<Execution['status'], 'RUNNING'>;
}

const COUNTED = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  ABORTED: 'Aborted',
  TIMED_OUT: 'TimedOut',
} as const satisfies Readonly<Record<Result['status'], Counted>>;

/** The first end counts. A stopped execution stays stopped, whatever its last state still does. */
function end(execution: Execution, result: Result, previous: number): boolean {
  if (execution.status !== 'RUNNING') return false;
  Object.assign(execution, result, { stoppedAt: Date.now() });
  const { output, error } = result;
  execution.history.end(`Execution${COUNTED[result.status]}`, {
    previous,
    details: () =>
      output === undefined ? failureOf(error ?? {}) : { output, outputDetails: { truncated: false } },
  });
  return true;
}

function parseInput(input: string): unknown {
  try {
    return JSON.parse(input) as unknown;
  } catch (error) {
    const words = input === '' ? 'Invalid execution input.' : (error as Error).message;
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${words}'`);
  }
}
