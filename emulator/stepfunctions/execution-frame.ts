import type { Caller } from '../protocol/request.ts';
import type { MapRuns } from './map-runs.ts';
import type { ErrorOutput } from './states-error.ts';

/** What the executor needs of the other services. */
export interface Integrations {
  /** The optimized Lambda integration: the payload, or a StatesError. */
  invokeFunction(functionName: string, payload: unknown, caller: Caller): Promise<unknown>;
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
  readonly State?: { readonly EnteredTime: string; readonly Name: string; readonly RetryCount: number };
  readonly Map?: { readonly Item: { readonly Index: number; readonly Value: unknown } };
}

export interface HistoryEvent {
  readonly type: string;
  readonly timestamp: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Where an execution stands: a redrive goes on from here. */
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
  /** The next map state goes on with them; a retry does not. */
  redriven?: true;
}

/** One child of a map: what it was given and what became of it. */
export interface Child extends Memory {
  readonly name: string;
  readonly input: unknown;
  status: 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  output?: unknown;
  error?: ErrorOutput;
  startedAt?: number;
  stoppedAt?: number;
}

/** One execution while it runs: everything a state may look at or call. */
export interface Frame {
  readonly context: ExecutionContext;
  /** Assigned variables. Replaced, never changed: parallel branches do not see each other's. */
  variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly integrations: Integrations;
  readonly mapRuns: MapRuns;
  readonly memory: Memory;
  /** Waits and back-offs take this share of their time. */
  readonly waitScale: number;
  record(type: string, details: Readonly<Record<string, unknown>>): void;
}
