import type { Caller } from '../protocol/request.ts';
import type { History, Trail } from './history.ts';
import type { MapRuns } from './map-runs.ts';
import type { ErrorOutput } from './states-error.ts';

/** What a distributed map does with its children, under the role of its state machine. */
type ChildAction = 'StartExecution' | 'DescribeExecution' | 'StopExecution' | 'RedriveExecution';

/** What the executor needs of the other services. */
export interface Integrations {
  /** Is told of each state that is entered and of each retry, which AWS bills alike. */
  readonly transition?: () => void;
  /** The optimized Lambda integration: the payload, or a StatesError. */
  invokeFunction(functionName: string, payload: unknown, caller: Caller): Promise<unknown>;
  /** @throws StatesError unless the role may do this to executions of its state machine */
  needForChildren(action: ChildAction, machineArn: string, caller: Caller): void;
  readObject(bucket: string, key: string, caller: Caller): Promise<Buffer>;
  writeObject(
    object: { readonly bucket: string; readonly key: string; readonly body: string },
    caller: Caller,
  ): Promise<void>;
}

export interface ExecutionContext {
  readonly Execution: {
    readonly Id: string;
    readonly Input: unknown;
    readonly Name: string;
    readonly RoleArn: string;
    readonly StartTime: string;
    readonly RedriveCount: number;
  };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
  readonly State?: { readonly EnteredTime: string; readonly Name: string; readonly RetryCount?: number };
  readonly Map?: { readonly Item: { readonly Index: number; readonly Value: unknown } };
}

/** The current state of an execution. A redrive continues from here. */
interface Position {
  readonly name: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What an execution, or a child of a map, remembers for a redrive. */
export interface Memory {
  reached?: Position;
  /** Children of the map state that was reached. */
  children?: readonly Child[];
  /** The next map state continues with them. A retry does not. */
  redriven?: true;
}

/** One child of a map, with its input and its result. */
export interface Child extends Memory {
  readonly name: string;
  readonly input: unknown;
  status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  output?: unknown;
  error?: ErrorOutput;
  /** Of a distributed child. A redrive goes on in it. */
  history?: History;
  startedAt?: number;
  stoppedAt?: number;
}

/** A running execution: everything that a state may read or call. */
export interface Frame {
  readonly context: ExecutionContext;
  /** Assigned variables. They are replaced, never changed in place, so that parallel branches do not see each other's. */
  variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly integrations: Integrations;
  readonly mapRuns: MapRuns;
  readonly memory: Memory;
  /** The fraction of their time that waits and back-offs take. */
  readonly waitScale: number;
  /** Where it is in the history of its execution, into which an inline map and a parallel state write as well. */
  readonly trail: Trail;
}
