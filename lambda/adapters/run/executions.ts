import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { nameOf } from '../aws/errors.ts';
import { httpTo, type ClientConfig } from '../aws/client-config.ts';
import { withNamedCalls } from '../aws/named-calls.ts';

type ExecutionState = 'running' | 'succeeded' | 'failed' | 'stopped';

export interface ExecutionStatus {
  readonly runId: string;
  readonly state: ExecutionState;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: { readonly name: string; readonly words: string };
  /** As it was written; absent in a list. */
  readonly input?: string;
}

/** Runs as executions of the state machine. */
export class Executions {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor(stateMachineArn: string, config: ClientConfig = {}) {
    this.#client = withNamedCalls(new SFNClient({ requestHandler: httpTo('api'), ...config }), 'states');
    this.#stateMachineArn = stateMachineArn;
  }

  async start(runId: string, input: object): Promise<void> {
    await this.#client.send(
      new StartExecutionCommand({
        stateMachineArn: this.#stateMachineArn,
        name: runId,
        input: JSON.stringify(input),
      }),
    );
  }

  async status(runId: string): Promise<ExecutionStatus | undefined> {
    const executionArn = `${this.#stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
    try {
      const { status, startDate, stopDate, error, cause, input } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      return {
        runId,
        state: stateOf(status),
        startedAt: startDate?.toISOString() ?? '',
        ...(stopDate !== undefined && { endedAt: stopDate.toISOString() }),
        ...(error !== undefined && { error: { name: error, words: cause ?? '' } }),
        ...(input !== undefined && { input }),
      };
    } catch (error) {
      if (nameOf(error) === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }

  /** The latest runs, newest first. */
  async latest(count: number): Promise<readonly ExecutionStatus[]> {
    const { executions } = await this.#client.send(
      new ListExecutionsCommand({ stateMachineArn: this.#stateMachineArn, maxResults: count }),
    );
    return (executions ?? []).map(({ name, status, startDate, stopDate }) => ({
      runId: name ?? '',
      state: stateOf(status),
      startedAt: startDate?.toISOString() ?? '',
      ...(stopDate !== undefined && { endedAt: stopDate.toISOString() }),
    }));
  }
}

function stateOf(status: string | undefined): ExecutionState {
  switch (status) {
    case 'RUNNING':
    case 'PENDING_REDRIVE':
      return 'running';
    case 'SUCCEEDED':
      return 'succeeded';
    case 'ABORTED':
      return 'stopped';
    default:
      return 'failed';
  }
}
