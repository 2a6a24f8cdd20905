import type { Caller } from '../request.ts';
import type { MapRuns } from './map-runs.ts';

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

/** One execution while it runs: everything a state may look at or call. */
export interface Frame {
  readonly context: ExecutionContext;
  /** Assigned variables. Replaced, never changed: parallel branches do not see each other's. */
  variables: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly caller: Caller;
  readonly integrations: Integrations;
  readonly mapRuns: MapRuns;
  /** Waits and back-offs take this share of their time. */
  readonly waitScale: number;
  record(type: string, details: Readonly<Record<string, unknown>>): void;
}
