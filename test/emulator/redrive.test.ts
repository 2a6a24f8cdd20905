import { Executions, type Execution } from '../../emulator/stepfunctions/executions.ts';
import { integrationsWith } from '../support/fake-integrations.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';

type Invoke = (payload: { readonly n: number }, call: number) => unknown;

/** An execution over scripted functions, and the calls that were made. */
function machineOf(States: object, StartAt: string, invoke: Invoke) {
  const calls: number[] = [];
  const executions = new Executions({
    waitScale: 0,
    integrations: integrationsWith({
      invokeFunction: async (_name, payload) => {
        const given = payload as { readonly n: number };
        calls.push(given.n);
        return invoke(given, calls.length);
      },
    }),
  });
  const machine = new StateMachines().create({
    arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States }),
  });
  return {
    calls,
    executions,
    start: (input: object) => executions.start(machine, { input: JSON.stringify(input) }),
  };
}

async function ended(execution: Execution): Promise<Execution> {
  while (execution.status === 'RUNNING') await new Promise(setImmediate);
  return execution;
}

const task = (changes: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...changes,
});
const MAP = {
  Type: 'Map',
  Items: '{% $states.input.items %}',
  MaxConcurrency: 1,
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'First',
    States: { First: task({ Next: 'Second', End: undefined }), Second: task() },
  },
  End: true,
};

describe('a redrive', () => {
  it('continues from the state that failed, with its input and the variables at that time', async () => {
    let broken = true;
    const { calls, executions, start } = machineOf(
      {
        First: task({
          Assign: { seen: '{% $states.input.n %}' },
          Output: { n: 2 },
          Next: 'Second',
          End: undefined,
        }),
        Second: task({ Output: '{% {"n": $states.input.n, "seen": $seen} %}' }),
      },
      'First',
      ({ n }) => {
        if (n === 2 && broken) throw new StatesError('Lambda.Unknown', 'gone');
        return { n };
      },
    );
    const execution = await ended(start({ n: 1 }));
    expect(execution.status).toBe('FAILED');
    broken = false;
    executions.redrive(execution);
    expect((await ended(execution)).status).toBe('SUCCEEDED');
    expect(JSON.parse(execution.output ?? '')).toEqual({ n: 2, seen: 1 });
    expect(calls).toEqual([1, 2, 2]);
    expect(execution.redriveCount).toBe(1);
  });

  it('starts only those children of a map that have not succeeded, each from where it was', async () => {
    let stop: () => void = () => undefined;
    const { calls, executions, start } = machineOf({ Map: MAP }, 'Map', async ({ n }, call) => {
      if (call !== 4) return { n };
      // The second child is in its second state when the execution is stopped.
      stop();
      return new Promise(() => undefined);
    });
    const execution = start({ items: [{ n: 1 }, { n: 2 }, { n: 3 }] });
    stop = () => executions.stop(execution, undefined);
    expect((await ended(execution)).status).toBe('ABORTED');
    expect(calls).toEqual([1, 1, 2, 2]);
    executions.redrive(execution);
    expect((await ended(execution)).status).toBe('SUCCEEDED');
    expect(calls.slice(4)).toEqual([2, 3, 3]);
    expect(JSON.parse(execution.output ?? '')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('fails again at once if the execution had ended in a Fail state', async () => {
    const { calls, executions, start } = machineOf(
      {
        Try: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] }),
        Failed: { Type: 'Fail', Error: 'E', Cause: 'C' },
      },
      'Try',
      () => {
        throw new StatesError('Lambda.Unknown', 'gone');
      },
    );
    const execution = await ended(start({ n: 1 }));
    executions.redrive(execution);
    expect((await ended(execution)).error).toEqual({ Error: 'E', Cause: 'C' });
    expect(calls).toEqual([1]);
  });

  it('is refused for an execution that runs or has succeeded', async () => {
    const { executions, start } = machineOf({ A: { Type: 'Pass', End: true } }, 'A', () => ({}));
    const execution = start({});
    expect(() => executions.redrive(execution)).toThrow('cannot be redriven');
    await ended(execution);
    expect(() => executions.redrive(execution)).toThrow('Execution is SUCCEEDED');
  });
});
