import { Executions, type Execution } from '../../emulator/stepfunctions/executions.ts';
import { integrationsWith } from '../support/fake-integrations.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';

/** Runs a definition to its end, with room for a number of events. */
async function run(
  States: object,
  {
    input = {},
    historyLimit = 25_000,
    invoke = payload => payload,
  }: {
    readonly input?: unknown;
    readonly historyLimit?: number;
    readonly invoke?: (payload: unknown, call: number) => unknown;
  } = {},
): Promise<{ readonly execution: Execution; readonly executions: Executions; readonly calls: number }> {
  let calls = 0;
  const executions = new Executions({
    waitScale: 0,
    historyLimit,
    integrations: integrationsWith({
      invokeFunction: async (_name, payload) => invoke(payload, ++calls),
    }),
  });
  const machine = new StateMachines().create({
    arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States }),
  });
  const execution = executions.start(machine, { input: JSON.stringify(input) });
  while (execution.status === 'RUNNING') await new Promise(setImmediate);
  return { execution, executions, calls };
}

const typesOf = ({ history }: Execution): readonly string[] => history.events.map(({ type }) => type);

const task = (changes: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...changes,
});
const FULL = (most: number): object => ({
  Error: 'States.Runtime',
  Cause: `The execution reached the maximum number of history events (${most}).`,
});
/** Two events a round. */
const SPIN = { A: { Type: 'Pass', Next: 'A' } };

describe('the history of an execution', () => {
  it('has five events for a task, two for a choice, a wait and a success', async () => {
    const { execution } = await run({
      A: task({ Next: 'B', End: undefined }),
      B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'C' }] },
      C: { Type: 'Wait', Seconds: 1, Next: 'D' },
      D: { Type: 'Succeed' },
    });
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'WaitStateEntered',
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('has three events more for each try again, and a caught error leaves its state', async () => {
    const { execution } = await run(
      {
        A: task({
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'B' }],
        }),
        B: { Type: 'Fail', Error: 'E', Cause: 'C' },
      },
      {
        invoke: () => {
          throw new StatesError('Busy', '');
        },
      },
    );
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
      ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
      'TaskStateExited',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
  });

  const map = (Mode: string, child: object): object => ({
    A: {
      Type: 'Map',
      Items: [1, 2, 3],
      MaxConcurrency: 1,
      ItemProcessor: {
        ProcessorConfig: { Mode, ...(Mode === 'DISTRIBUTED' && { ExecutionType: 'STANDARD' }) },
        StartAt: 'Child',
        States: { Child: child },
      },
      End: true,
    },
  });

  it('of the parent of a distributed map does not grow with the children', async () => {
    const { execution } = await run(map('DISTRIBUTED', task()));
    expect(typesOf(execution)).toEqual([
      'ExecutionStarted',
      'MapStateEntered',
      'MapStateStarted',
      'MapRunStarted',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('of an inline map and a parallel state has the events of their items and branches', async () => {
    const inline = await run(map('INLINE', { Type: 'Pass', End: true }));
    expect(inline.execution.history.count).toBe(1 + 2 + 2 + 3 * 4 + 1);
    const branch = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const parallel = await run({ A: { Type: 'Parallel', Branches: [branch, branch], End: true } });
    expect(parallel.execution.history.count).toBe(1 + 2 + 2 + 2 * 2 + 1);
  });

  it('ends the execution where its last event is not its end', async () => {
    const { execution } = await run(SPIN, { historyLimit: 100 });
    expect([execution.status, execution.error]).toEqual(['FAILED', FULL(100)]);
    expect(execution.history.count).toBe(100);
    expect(typesOf(execution).at(-1)).toBe('ExecutionFailed');
  });

  it('has 25,000 events at most', async () => {
    const { execution } = await run(SPIN);
    expect([execution.error, execution.history.count]).toEqual([FULL(25_000), 25_000]);
  });

  it('may have the success of the execution as its last event', async () => {
    const states = { A: { Type: 'Pass', End: true } };
    expect((await run(states, { historyLimit: 4 })).execution.status).toBe('SUCCEEDED');
    expect((await run(states, { historyLimit: 3 })).execution.status).toBe('FAILED');
  });

  it('ends it whatever Retry and Catch say', async () => {
    const { execution, calls } = await run(
      {
        A: task({
          Retry: [{ ErrorEquals: ['States.Runtime', 'Busy'], MaxAttempts: 1_000 }],
          Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'B' }],
        }),
        B: { Type: 'Succeed' },
      },
      {
        historyLimit: 20,
        invoke: () => {
          throw new StatesError('Busy', '');
        },
      },
    );
    expect([execution.status, execution.error, calls]).toEqual(['FAILED', FULL(20), 6]);
  });

  it('ends a child by its own events, as a failure that the map tolerates or not', async () => {
    const loop = task({
      Output: '{% $states.result.Payload %}',
      Next: 'Child',
      End: undefined,
    });
    const { execution } = await run(map('DISTRIBUTED', loop), { historyLimit: 50 });
    expect([execution.error?.Error, execution.history.count]).toEqual([
      'States.ExceedToleratedFailureThreshold',
      8 - 1,
    ]);
  });

  it('goes on to count in a redrive, and is not redriven once it is full', async () => {
    const { execution, executions } = await run(
      { A: task() },
      {
        historyLimit: 11,
        invoke: () => {
          throw new StatesError('Broken', '');
        },
      },
    );
    expect(execution.history.count).toBe(6);
    executions.redrive(execution);
    while (execution.status === 'RUNNING') await new Promise(setImmediate);
    expect([execution.error, execution.history.count]).toEqual([FULL(11), 11]);
    expect(() => executions.redrive(execution)).toThrow('has 11 events and cannot be redriven');
  });
});
