import { Executions, type Execution } from '../../emulator/stepfunctions/executions.ts';
import { historyOf } from '../../emulator/stepfunctions/history-events.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';
import { integrationsWith } from '../support/fake-integrations.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:f';

interface Scripted {
  readonly input?: unknown;
  readonly invoke?: (payload: unknown) => unknown;
  readonly objects?: Readonly<Record<string, string>>;
  readonly top?: object;
}

async function run(States: object, scripted: Scripted = {}): Promise<Execution> {
  const { input = {}, invoke = payload => payload, objects = {}, top = {} } = scripted;
  const executions = new Executions({
    waitScale: 0,
    integrations: integrationsWith({
      invokeFunction: async (_name, payload) => invoke(payload),
      readObject: async (_bucket, key) => Buffer.from(objects[key] ?? ''),
    }),
  });
  const machine = new StateMachines().create({
    arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'A', States, ...top }),
  });
  const execution = executions.start(machine, { input: JSON.stringify(input) });
  while (execution.status === 'RUNNING') await new Promise(setImmediate);
  return execution;
}

/** `id<previous type`, as a line for each event. */
const linesOf = ({ history }: Execution): readonly string[] =>
  history.events.map(({ type, previous }, index) => `${index + 1}<${previous} ${type}`);

const detailsOf = (execution: Execution, type: string): unknown => {
  const event = historyOf(execution.history, true).find(one => one.type === type);
  return Object.entries(event ?? {}).find(([member]) => member.endsWith('EventDetails'))?.[1];
};

const task = (changes: object = {}): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: FUNCTION, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...changes,
});
const map = (changes: object, child: object, Mode = 'INLINE'): object => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode, ...(Mode === 'DISTRIBUTED' && { ExecutionType: 'STANDARD' }) },
    StartAt: 'Child',
    States: { Child: child },
  },
  End: true,
  ...changes,
});
const UNTRUNCATED = { truncated: false };

describe('an event of a history', () => {
  it('has the input with which the execution began, its role, and its output', async () => {
    const execution = await run({ A: { Type: 'Pass', Output: { b: 2 }, End: true } }, { input: { a: 1 } });
    expect(detailsOf(execution, 'ExecutionStarted')).toEqual({
      input: '{"a":1}',
      inputDetails: UNTRUNCATED,
      roleArn: 'arn:aws:iam::111122223333:role/r',
    });
    expect(detailsOf(execution, 'ExecutionSucceeded')).toEqual({
      output: '{"b":2}',
      outputDetails: UNTRUNCATED,
    });
  });

  it('has what a state is entered with, what it leaves, and the variables that it assigns', async () => {
    const execution = await run({ A: { Type: 'Pass', Assign: { x: 'text', y: [1] }, End: true } });
    expect(detailsOf(execution, 'PassStateEntered')).toEqual({
      name: 'A',
      input: '{}',
      inputDetails: UNTRUNCATED,
    });
    expect(detailsOf(execution, 'PassStateExited')).toEqual({
      name: 'A',
      output: '{}',
      outputDetails: UNTRUNCATED,
      assignedVariables: { x: '"text"', y: '[1]' },
      assignedVariablesDetails: UNTRUNCATED,
    });
  });

  it('says what a task calls, and what comes of it', async () => {
    const invoke = { resourceType: 'lambda', resource: 'invoke' };
    const done = await run({ A: task({ TimeoutSeconds: 9 }) }, { input: 1 });
    expect(detailsOf(done, 'TaskScheduled')).toEqual({
      ...invoke,
      region: 'us-east-1',
      parameters: JSON.stringify({ FunctionName: FUNCTION, Payload: 1 }),
      timeoutInSeconds: 9,
    });
    expect(detailsOf(done, 'TaskStarted')).toEqual(invoke);
    expect(detailsOf(done, 'TaskSucceeded')).toMatchObject({ ...invoke, outputDetails: UNTRUNCATED });
    const broken = await run(
      { A: task() },
      {
        invoke: () => {
          throw new StatesError('Busy', 'later');
        },
      },
    );
    expect(detailsOf(broken, 'TaskFailed')).toEqual({ ...invoke, error: 'Busy', cause: 'later' });
    expect(detailsOf(broken, 'ExecutionFailed')).toEqual({ error: 'Busy', cause: 'later' });
  });

  it('leaves out a cause where there is none', async () => {
    const late = await run(
      { A: task({ TimeoutSeconds: 0.01 }) },
      { invoke: () => new Promise(() => undefined) },
    );
    expect(detailsOf(late, 'TaskTimedOut')).toEqual({
      resourceType: 'lambda',
      resource: 'invoke',
      error: 'States.Timeout',
    });
    expect(detailsOf(late, 'ExecutionFailed')).toEqual({ error: 'States.Timeout' });
    const failed = await run({ A: { Type: 'Fail', Error: 'E' } });
    expect(detailsOf(failed, 'ExecutionFailed')).toEqual({ error: 'E' });
  });

  it('names the event before it in its own branch, and the first state none', async () => {
    const pass = { Type: 'Pass', End: true };
    const execution = await run({
      A: { Type: 'Pass', Next: 'B' },
      B: map({ Items: [1, 2], MaxConcurrency: 1, Next: 'C', End: undefined }, pass),
      C: { Type: 'Parallel', Branches: [{ StartAt: 'P', States: { P: pass } }], End: true },
    });
    expect(linesOf(execution)).toEqual([
      ...['1<0 ExecutionStarted', '2<0 PassStateEntered', '3<2 PassStateExited'],
      ...['4<3 MapStateEntered', '5<4 MapStateStarted'],
      ...['6<5 MapIterationStarted', '7<6 PassStateEntered', '8<7 PassStateExited'],
      ...['9<8 MapIterationSucceeded', '10<8 MapIterationStarted', '11<10 PassStateEntered'],
      ...['12<11 PassStateExited', '13<12 MapIterationSucceeded'],
      ...['14<13 MapStateSucceeded', '15<13 MapStateExited'],
      ...['16<15 ParallelStateEntered', '17<16 ParallelStateStarted', '18<17 PassStateEntered'],
      ...['19<18 PassStateExited', '20<19 ParallelStateSucceeded', '21<19 ParallelStateExited'],
      '22<21 ExecutionSucceeded',
    ]);
    expect(detailsOf(execution, 'MapStateStarted')).toEqual({ length: 2 });
    expect(detailsOf(execution, 'MapIterationStarted')).toEqual({ name: 'B', index: 0 });
  });
});

describe('a map or parallel state that is tried again', () => {
  it('has failed once all is tried, and not before', async () => {
    const retry = { Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] };
    const fail = { Type: 'Fail', Error: 'E', Cause: 'C' };
    expect(linesOf(await run({ A: map({ Items: [1], ...retry }, fail) })).slice(2)).toEqual([
      ...['3<2 MapStateStarted', '4<3 MapIterationStarted', '5<4 FailStateEntered', '6<5 MapIterationFailed'],
      ...[
        '7<5 MapStateStarted',
        '8<7 MapIterationStarted',
        '9<8 FailStateEntered',
        '10<9 MapIterationFailed',
      ],
      ...['11<9 MapStateFailed', '12<11 ExecutionFailed'],
    ]);
    const branches = { Branches: [{ StartAt: 'F', States: { F: fail } }] };
    expect(
      linesOf(await run({ A: { Type: 'Parallel', ...branches, ...retry, End: true } })).slice(2),
    ).toEqual([
      ...['3<2 ParallelStateStarted', '4<3 FailStateEntered', '5<4 ParallelStateStarted'],
      ...['6<5 FailStateEntered', '7<6 ParallelStateFailed', '8<7 ExecutionFailed'],
    ]);
  });
});

describe('a query that fails', () => {
  const causeOf = (id: number, words: string): string =>
    `An error occurred while executing the state 'A' (entered at the event id #${id}). ${words}`;

  it('is an event, and its cause says where the state was entered', async () => {
    const execution = await run({ A: { Type: 'Pass', Output: { r: '{% $missing %}' }, End: true } });
    const cause = causeOf(
      2,
      "The JSONata expression '$missing' specified for the field 'Output/r' returned nothing (undefined).",
    );
    const error = 'States.QueryEvaluationError';
    expect(detailsOf(execution, 'EvaluationFailed')).toEqual({
      error,
      cause,
      location: 'Output/r',
      state: 'A',
    });
    expect(linesOf(execution).slice(2)).toEqual(['3<0 EvaluationFailed', '4<3 ExecutionFailed']);
    expect(execution.error).toEqual({ Error: error, Cause: cause });
  });

  it.each([
    ['a number', '1', "Expected 'array', but was 'number' for value: 1"],
    ['a text', "'x'", "Expected 'array', but was 'string' for value: \"x\""],
    ['an object', "{'a': 1}", "Expected 'array', but was 'object' for value: {\"a\":1}"],
    ['null', 'null', "Expected 'array', but was 'null' for value: null"],
  ])('is one that gives %s where items are wanted', async (_, source, words) => {
    const execution = await run({ A: map({ Items: `{% ${source} %}` }, { Type: 'Pass', End: true }) });
    expect(execution.error?.Cause).toBe(
      causeOf(
        2,
        `The JSONata expression '${source}' specified for the field 'Items' returned an unexpected result type. ${words}`,
      ),
    );
    expect(linesOf(execution).slice(2)).toEqual([
      '3<0 EvaluationFailed',
      '4<3 MapStateFailed',
      '5<4 ExecutionFailed',
    ]);
  });

  it('is one that gives a function, or that breaks', async () => {
    const gives = await run({ A: { Type: 'Pass', Output: '{% function($x){$x} %}', End: true } });
    expect(gives.error?.Cause).toContain(
      "specified for the field 'Output' returned an unsupported result type.",
    );
    const breaks = await run({ A: { Type: 'Pass', Output: '{% $nobody(1) %}', End: true } });
    expect(breaks.error?.Cause).toContain(
      "specified for the field 'Output' threw an error during evaluation. T1006: Attempted to invoke a non-function",
    );
  });

  it('is a map over an input that is no array', async () => {
    const execution = await run({ A: map({}, { Type: 'Pass', End: true }) }, { input: { a: 1 } });
    expect(execution.error?.Cause).toBe(causeOf(2, 'Map state input must be an array but was: {"a":1}'));
  });

  it.each(['2016-12-05 21:29:29Z', '2016-12-05T21:29:29', '2016-13-05T21:29:29Z', '05-12-2016T21:29:29Z'])(
    'is a wait until %s',
    async at => {
      const execution = await run(
        { A: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } },
        { input: at },
      );
      expect(execution.error).toEqual({
        Error: 'States.QueryEvaluationError',
        Cause: causeOf(
          2,
          `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${at}`,
        ),
      });
    },
  );
});

describe('the map run of a distributed map', () => {
  const reader = {
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Arguments: { Bucket: 'b', Key: 'items.json' },
    },
  };
  const pass = { Type: 'Pass', End: true };

  it('has begun before its items are read, and fails where they cannot be', async () => {
    const execution = await run(
      { A: map(reader, pass, 'DISTRIBUTED') },
      { objects: { 'items.json': '{"no":"list"}' } },
    );
    const failed = { error: 'States.ItemReaderFailed', cause: 'Attempting to map over non-iterable node.' };
    expect(linesOf(execution).slice(2)).toEqual([
      ...['3<2 MapStateStarted', '4<3 MapRunStarted', '5<4 MapRunFailed'],
      ...['6<5 MapStateFailed', '7<6 ExecutionFailed'],
    ]);
    expect(detailsOf(execution, 'MapRunFailed')).toEqual(failed);
    expect(detailsOf(execution, 'MapStateStarted')).toEqual({ length: 0 });
  });

  it('tells how many items a state gives it, and that its events end before the state is left', async () => {
    const execution = await run({ A: map({ Items: [1, 2] }, pass, 'DISTRIBUTED') });
    expect(detailsOf(execution, 'MapStateStarted')).toEqual({ length: 2 });
    expect(linesOf(execution).slice(2)).toEqual([
      ...['3<2 MapStateStarted', '4<3 MapRunStarted', '5<4 MapRunSucceeded'],
      ...['6<5 MapStateSucceeded', '7<5 MapStateExited', '8<7 ExecutionSucceeded'],
    ]);
  });
});

describe('an error that nothing can catch', () => {
  it('is States.Runtime, even where it is named', async () => {
    const execution = await run(
      {
        A: task({ Catch: [{ ErrorEquals: ['States.Runtime'], Next: 'B' }] }),
        B: { Type: 'Succeed' },
      },
      {
        invoke: () => {
          throw new StatesError('States.Runtime', 'broken');
        },
      },
    );
    expect([execution.status, execution.error?.Error]).toEqual(['FAILED', 'States.Runtime']);
  });

  it('is not a result that is too large, which fails its task', async () => {
    const execution = await run(
      {
        A: task({ Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput %}', Next: 'B' }] }),
        B: { Type: 'Succeed' },
      },
      { invoke: () => 'x'.repeat(256 * 1024) },
    );
    expect(JSON.parse(execution.output ?? 'null')).toEqual({
      Error: 'States.DataLimitExceeded',
      Cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  it('is an output that is too large, and its state is not left', async () => {
    const large = "{% $pad('x', 300000) %}";
    const execution = await run({ A: { Type: 'Pass', Output: large, End: true } });
    expect(linesOf(execution)).toEqual([
      '1<0 ExecutionStarted',
      '2<0 PassStateEntered',
      '3<2 ExecutionFailed',
    ]);
  });
});

describe('an execution whose definition has a time-out', () => {
  it('is over when that is, with no error', async () => {
    const execution = await run(
      { A: task() },
      { invoke: () => new Promise(() => undefined), top: { TimeoutSeconds: 0.01 } },
    );
    expect([execution.status, execution.error]).toEqual(['TIMED_OUT', undefined]);
    expect(execution.history.events.at(-1)?.type).toBe('ExecutionTimedOut');
  });
});
