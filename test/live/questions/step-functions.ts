import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { until } from '../waiting.ts';
import type { Question } from './question.ts';

export const STEP_FUNCTIONS: readonly Question[] = [
  {
    id: 'states-map-without-permission',
    service: 'Step Functions',
    open: 'which error a distributed map ends with if its role may not start executions',
    where: ['emulator/stepfunctions/behaviour.md'],
    calls: 'StartExecution of a distributed map whose role may do nothing, then DescribeExecution',
    answers: ['States.Permissions', 'States.Runtime', 'AccessDeniedException', 'States.ItemReaderFailed'],
    assumed: 'States.Permissions',
    ask: async ({ here, machineArn, signal }) => {
      const { executionArn } = await here.states.send(
        new StartExecutionCommand({ stateMachineArn: machineArn, input: '{}' }),
      );
      const ended = async () => {
        const execution = await here.states.send(new DescribeExecutionCommand({ executionArn }));
        return execution.status === 'RUNNING' ? undefined : execution;
      };
      const patience = { seconds: 120, ...(signal !== undefined && { signal }) };
      const { status, error } = await until('the execution has ended', ended, patience);
      return error ?? `it is ${status ?? 'in no state'}, and names no error`;
    },
  },
];
