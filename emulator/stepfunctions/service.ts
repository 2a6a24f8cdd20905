import { AwsError, validationError } from '../protocol/aws-error.ts';
import { jsonService, type Operation } from '../protocol/json-protocol.ts';
import type { Service } from '../protocol/request.ts';
import type { Execution, Executions } from './executions.ts';
import { failureOf, historyOf } from './history-events.ts';
import type { MapRun } from './map-runs.ts';
import { permissionsOf } from './permissions.ts';
import type { StateMachines } from './state-machines.ts';

type Input = Readonly<Record<string, unknown>>;

const DEFAULT_PAGE = 100;
const MOST_ON_A_PAGE = 1_000;
/** In the order in which Step Functions names them. */
const STATUSES = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'];

/** AWS Step Functions on loopback. behaviour.md says what it does and does not do. */
export function stepFunctionsService(machines: StateMachines, executions: Executions): Service {
  return jsonService(
    {
      ...machineOperations(machines),
      ...executionOperations(machines, executions),
      ...mapRunOperations(executions),
    },
    '1.0',
    permissionsOf,
  );
}

function machineOperations(machines: StateMachines): Readonly<Record<string, Operation>> {
  return {
    DescribeStateMachine: input => {
      const { arn, name, roleArn, definitionText, createdAt } = machines.get(input['stateMachineArn']);
      return {
        stateMachineArn: arn,
        name,
        status: 'ACTIVE',
        definition: definitionText,
        roleArn,
        type: 'STANDARD',
        creationDate: createdAt / 1000,
      };
    },
    ListStateMachines: input =>
      page(
        input,
        'stateMachines',
        machines.all().map(({ arn, name, createdAt }) => ({
          stateMachineArn: arn,
          name,
          type: 'STANDARD',
          creationDate: createdAt / 1000,
        })),
      ),
  };
}

function executionOperations(
  machines: StateMachines,
  executions: Executions,
): Readonly<Record<string, Operation>> {
  return {
    StartExecution: input => {
      const name = optionalText(input, 'name');
      if (name !== undefined && !/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/.test(name))
        throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
      const text = optionalText(input, 'input');
      const execution = executions.start(machines.get(input['stateMachineArn']), {
        ...(name !== undefined && { name }),
        ...(text !== undefined && { input: text }),
      });
      return { executionArn: execution.arn, startDate: execution.startedAt / 1000 };
    },
    DescribeExecution: input => describe(executions.get(input['executionArn'])),
    StopExecution: input => {
      const execution = executions.get(input['executionArn']);
      executions.stop(execution, {
        Error: optionalText(input, 'error') ?? '',
        Cause: optionalText(input, 'cause') ?? '',
      });
      return { stopDate: (execution.stoppedAt ?? Date.now()) / 1000 };
    },
    RedriveExecution: input => {
      const execution = executions.get(input['executionArn']);
      executions.redrive(execution);
      return { redriveDate: (execution.redrivenAt ?? Date.now()) / 1000 };
    },
    ListExecutions: input => {
      const only = optionalText(input, 'statusFilter');
      if (only !== undefined && !STATUSES.includes(only))
        throw constraint('statusFilter', only, `satisfy enum value set: [${STATUSES.join(', ')}]`);
      const { arn } = machines.get(input['stateMachineArn']);
      const found = executions.of(arn).filter(({ status }) => only === undefined || status === only);
      return page(input, 'executions', found.map(summary));
    },
    GetExecutionHistory: input => {
      const { history } = executions.get(input['executionArn']);
      const events = [...historyOf(history, input['includeExecutionData'] !== false)];
      return page(input, 'events', input['reverseOrder'] === true ? events.reverse() : events);
    },
  };
}

function mapRunOperations(executions: Executions): Readonly<Record<string, Operation>> {
  const find = (input: Input): MapRun => executions.mapRuns.get(String(input['mapRunArn']));
  return {
    ListMapRuns: input => {
      const { arn } = executions.get(input['executionArn']);
      return page(
        input,
        'mapRuns',
        executions.mapRuns.of(arn).map(run => ({
          executionArn: arn,
          mapRunArn: run.arn,
          // The state machine that children belong to: it ends in the label of the map.
          stateMachineArn: run.arn.replace(':mapRun:', ':stateMachine:').replace(/:[^:]*$/, ''),
          startDate: run.startedAt / 1000,
          ...(run.stoppedAt !== undefined && { stopDate: run.stoppedAt / 1000 }),
        })),
      );
    },
    DescribeMapRun: input => describeMapRun(find(input)),
    UpdateMapRun: input => {
      const run = find(input);
      for (const limit of [
        'maxConcurrency',
        'toleratedFailurePercentage',
        'toleratedFailureCount',
      ] as const) {
        const value = input[limit];
        if (value === undefined) continue;
        if (typeof value !== 'number' || value < 0)
          throw validationError(`${limit} must be a number from 0 on`);
        run[limit] = value;
      }
      return {};
    },
  };
}

function summary(execution: Execution): object {
  const { arn, machine, name, status, startedAt, stoppedAt, redriveCount, redrivenAt } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status,
    startDate: startedAt / 1000,
    ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
    redriveCount,
    ...(redrivenAt !== undefined && { redriveDate: redrivenAt / 1000 }),
  };
}

function describe(execution: Execution): object {
  const { input, output, error } = execution;
  return {
    ...summary(execution),
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...failureOf(error ?? {}),
    ...redriveOf(execution),
  };
}

function redriveOf({ status, history }: Execution): object {
  const why =
    status === 'SUCCEEDED' || status === 'RUNNING'
      ? `Execution is ${status} and cannot be redriven`
      : history.isFull
        ? `Execution has ${history.count} events and cannot be redriven`
        : undefined;
  return why === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: why };
}

function describeMapRun(run: MapRun): object {
  const { total, pending, running, succeeded, failed, aborted, resultsWritten } = run.counts;
  const counts = { total, pending, running, succeeded, failed, aborted, timedOut: 0, resultsWritten };
  return {
    mapRunArn: run.arn,
    executionArn: run.executionArn,
    status: run.status,
    startDate: run.startedAt / 1000,
    ...(run.stoppedAt !== undefined && { stopDate: run.stoppedAt / 1000 }),
    maxConcurrency: run.maxConcurrency,
    toleratedFailurePercentage: run.toleratedFailurePercentage,
    toleratedFailureCount: run.toleratedFailureCount,
    itemCounts: counts,
    executionCounts: counts,
  };
}

function page(input: Input, member: string, entries: readonly unknown[]): object {
  const most = input['maxResults'];
  if (typeof most === 'number' && (most < 0 || most > MOST_ON_A_PAGE)) {
    const bound = most < 0 ? 'greater than or equal to 0' : `less than or equal to ${MOST_ON_A_PAGE}`;
    throw constraint('maxResults', String(most), `have value ${bound}`);
  }
  const start = Number(input['nextToken'] ?? 0);
  const size = Number(input['maxResults'] ?? 0) || DEFAULT_PAGE;
  const end = start + size;
  return { [member]: entries.slice(start, end), ...(end < entries.length && { nextToken: String(end) }) };
}

function constraint(member: string, value: string, must: string): AwsError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${must}`,
  );
}

function optionalText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value !== undefined && typeof value !== 'string') throw validationError(`${member} must be a string`);
  return value;
}
