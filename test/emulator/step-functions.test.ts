import { AwsError } from '../../emulator/protocol/aws-error.ts';
import { Executions, type Execution } from '../../emulator/stepfunctions/executions.ts';
import type { Integrations } from '../../emulator/stepfunctions/execution-frame.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';

const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** Runs a definition until it ends, over scripted functions and a bucket in memory. */
class Harness {
  readonly objects = new Map<string, string>();
  readonly calls: unknown[] = [];
  invoke: (payload: unknown, call: number) => unknown = payload => payload;
  readonly #machines = new StateMachines();
  readonly executions: Executions;

  constructor() {
    const integrations: Integrations = {
      invokeFunction: async (_name, payload) => {
        this.calls.push(payload);
        return this.invoke(payload, this.calls.length);
      },
      needForChildren: () => undefined,
      readObject: (_bucket, key) => Promise.resolve(Buffer.from(this.objects.get(key) ?? '')),
      writeObject: ({ key, body }) => {
        this.objects.set(key, body);
        return Promise.resolve();
      },
    };
    this.executions = new Executions({ integrations, waitScale: 0 });
  }

  start(States: object, StartAt: string, input: unknown = {}): Execution {
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States });
    const machine = this.#machines.create({
      arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:m',
      roleArn: 'arn:aws:iam::111122223333:role/r',
      definition,
    });
    return this.executions.start(machine, { input: JSON.stringify(input) });
  }

  async run(
    States: object,
    StartAt: string,
    input: unknown = {},
  ): Promise<Execution & { readonly result: unknown }> {
    const execution = this.start(States, StartAt, input);
    while (execution.status === 'RUNNING') await new Promise(setImmediate);
    return Object.assign(execution, {
      result: execution.output === undefined ? undefined : (JSON.parse(execution.output) as unknown),
    });
  }
}

const task = (changes: object = {}): object => ({
  Type: 'Task',
  Resource: LAMBDA,
  Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  End: true,
  ...changes,
});
const map = (changes: object = {}, child: object = task()): object => ({
  Type: 'Map',
  ItemProcessor: {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'Child',
    States: { Child: child },
  },
  End: true,
  ...changes,
});

describe('the executor', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
  });

  it('evaluates output and assignments over input, result, context and variables', async () => {
    const { result } = await harness.run(
      {
        A: {
          Type: 'Pass',
          Assign: { n: '{% $states.input.n * 2 %}' },
          Output: { seen: '{% $states.context.State.Name %}' },
          Next: 'B',
        },
        B: { Type: 'Pass', Output: '{% {"n": $n, "from": $states.input.seen, "list": [$n]} %}', End: true },
      },
      'A',
      { n: 21 },
    );
    expect(result).toEqual({ n: 42, from: 'A', list: [42] });
  });

  it('fails with States.QueryEvaluationError if an expression has no value', async () => {
    const { error } = await harness.run(
      { A: { Type: 'Pass', Output: '{% $states.input.missing %}', End: true } },
      'A',
    );
    expect(error).toMatchObject({
      Error: 'States.QueryEvaluationError',
      Cause: expect.stringContaining('$states.input.missing'),
    });
  });

  it.each([
    ['an unknown field', { A: { Type: 'Pass', End: true, Parameters: {} } }, "unknown field 'Parameters'"],
    [
      'an unknown field of a reader',
      {
        A: map({
          ItemReader: { Resource: 'x', Arguments: {}, ReaderConfig: { InputType: 'JSONL', Flavour: 1 } },
        }),
      },
      "unknown field 'Flavour'",
    ],
    ['a target that is not there', { A: { Type: 'Pass', Next: 'B' } }, "no state 'B'"],
    [
      'another query language',
      { A: { Type: 'Pass', QueryLanguage: 'JSONPath', End: true } },
      'JSONata states only',
    ],
    [
      'a resource that it does not have',
      { A: task({ Resource: 'arn:aws:states:::sqs:sendMessage' }) },
      'no resource',
    ],
    ['a state without an end', { A: { Type: 'Pass' } }, 'needs Next or End'],
  ])('refuses a definition with %s', (_, states, words) => {
    expect(() => harness.start(states, 'A')).toThrow(AwsError);
    expect(() => harness.start(states, 'A')).toThrow(words);
  });

  it('takes the first choice that holds, and the default if none does', async () => {
    const states = {
      A: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.n > 1 %}', Next: 'Big' }],
        Default: 'Small',
      },
      Big: { Type: 'Succeed', Output: 'big' },
      Small: { Type: 'Succeed', Output: 'small' },
    };
    expect((await harness.run(states, 'A', { n: 2 })).result).toBe('big');
    expect((await new Harness().run(states, 'A', { n: 1 })).result).toBe('small');
  });

  it('retries by the first retrier that matches, each with its own count, and then catches', async () => {
    harness.invoke = () => {
      throw new StatesError('Busy', 'try later');
    };
    const states = {
      A: task({
        Retry: [
          { ErrorEquals: ['Other'], MaxAttempts: 9 },
          { ErrorEquals: ['Busy'], MaxAttempts: 2, JitterStrategy: 'FULL' },
        ],
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { e: '{% $states.errorOutput %}' }, Next: 'B' }],
      }),
      B: { Type: 'Pass', Output: '{% $e %}', End: true },
    };
    expect((await harness.run(states, 'A')).result).toEqual({ Error: 'Busy', Cause: 'try later' });
    expect(harness.calls).toHaveLength(3);
  });

  it('does not retry if the first matching retrier forbids it', async () => {
    harness.invoke = () => {
      throw new StatesError('Broken', 'for good');
    };
    const { error } = await harness.run(
      {
        A: task({
          Retry: [
            { ErrorEquals: ['Broken'], MaxAttempts: 0 },
            { ErrorEquals: ['States.TaskFailed'], MaxAttempts: 5 },
          ],
        }),
      },
      'A',
    );
    expect(error).toEqual({ Error: 'Broken', Cause: 'for good' });
    expect(harness.calls).toHaveLength(1);
  });

  it('ends in the error of a Fail state, with expressions filled in', async () => {
    const { status, error } = await harness.run(
      { A: { Type: 'Fail', Error: 'Mine', Cause: "{% 'because ' & $states.input.why %}" } },
      'A',
      { why: 'so' },
    );
    expect([status, error]).toEqual(['FAILED', { Error: 'Mine', Cause: 'because so' }]);
  });

  it('refuses a state output of more than 256 KiB', async () => {
    harness.invoke = () => 'x'.repeat(256 * 1024);
    expect((await harness.run({ A: task() }, 'A')).error).toMatchObject({
      Error: 'States.DataLimitExceeded',
    });
  });

  it('stops in its current state, and stays stopped', async () => {
    harness.invoke = () => new Promise(() => undefined);
    const execution = harness.start({ A: task() }, 'A');
    await new Promise(setImmediate);
    harness.executions.stop(execution, { Error: 'Operator', Cause: 'enough' });
    await new Promise(setImmediate);
    expect(execution).toMatchObject({ status: 'ABORTED', error: { Error: 'Operator', Cause: 'enough' } });
  });

  describe('a distributed map', () => {
    const reader = {
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Arguments: { Bucket: 'b', Key: 'units.jsonl' },
      },
    };
    const writer = {
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: 'b', Prefix: 'results' },
        WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
      },
    };

    it('reads JSON Lines from S3, writes results with a manifest, and outputs where that is', async () => {
      harness.objects.set('units.jsonl', '{"u":1}\n{"u":2}\n');
      const { result } = await harness.run({ A: map({ ...reader, ...writer }) }, 'A');
      const { ResultWriterDetails } = result as { ResultWriterDetails: { Key: string } };
      expect(ResultWriterDetails.Key).toMatch(/^results\/[0-9a-f-]{36}\/manifest\.json$/);
      const { ResultFiles } = JSON.parse(harness.objects.get(ResultWriterDetails.Key)!) as {
        ResultFiles: Record<string, { Key: string }[]>;
      };
      expect(harness.objects.get(ResultFiles['SUCCEEDED']![0]!.Key)).toBe('{"u":1}\n{"u":2}\n');
      expect([ResultFiles['FAILED'], ResultFiles['PENDING']]).toEqual([[], []]);
    });

    it('runs no more children at one time than MaxConcurrency', async () => {
      let running = 0;
      let most = 0;
      harness.invoke = async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        return null;
      };
      await harness.run(
        { A: map({ Items: Array.from({ length: 20 }, (_, index) => index), MaxConcurrency: 3 }) },
        'A',
      );
      expect([harness.calls.length, most]).toEqual([20, 3]);
    });

    it('accepts a new MaxConcurrency while it runs (UpdateMapRun)', async () => {
      let running = 0;
      let most = 0;
      harness.invoke = async (_, call) => {
        most = Math.max(most, ++running);
        if (call === 5) harness.executions.mapRuns.of(execution.arn)[0]!.maxConcurrency = 4;
        await new Promise(setImmediate);
        running--;
        return null;
      };
      const execution = harness.start(
        { A: map({ Items: Array.from({ length: 20 }, (_, index) => index), MaxConcurrency: 1 }) },
        'A',
      );
      while (execution.status === 'RUNNING') await new Promise(setImmediate);
      expect(most).toBe(4);
    });

    it('fails when more children fail than are tolerated, and writes what there is', async () => {
      harness.invoke = payload => {
        if ((payload as number) % 2 === 0) throw new StatesError('Even', String(payload));
        return payload;
      };
      const items = { Items: Array.from({ length: 10 }, (_, index) => index), MaxConcurrency: 1 };
      const { error } = await harness.run(
        { A: map({ ...items, ...writer, ToleratedFailurePercentage: '{% 20 %}' }) },
        'A',
      );
      expect(error?.Error).toBe('States.ExceedToleratedFailureThreshold');
      const files = [...harness.objects.keys()].map(key => key.split('/').at(-1));
      expect(files.sort()).toEqual([
        'FAILED_0.jsonl',
        'PENDING_0.jsonl',
        'SUCCEEDED_0.jsonl',
        'manifest.json',
      ]);
    });

    it('stops its other children when one too many has failed', async () => {
      let calls = 0;
      harness.invoke = async payload => {
        calls++;
        await new Promise(setImmediate);
        if (payload === 0) throw new StatesError('Zero', '');
        return payload;
      };
      const loop = {
        Type: 'Task',
        Resource: LAMBDA,
        Arguments: { FunctionName: 'f', Payload: '{% $states.input %}' },
        Output: '{% $states.result.Payload %}',
        Next: 'Child',
      };
      await harness.run({ A: map({ Items: [1, 0] }, loop) }, 'A');
      const atEnd = calls;
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      expect(calls).toBeLessThanOrEqual(atEnd + 1);
    });

    it('continues after failures that are tolerated', async () => {
      harness.invoke = payload => {
        if (payload === 0) throw new StatesError('Zero', '');
        return payload;
      };
      const { result } = await harness.run(
        { A: map({ Items: [0, 1, 2, 3], ToleratedFailurePercentage: 25 }) },
        'A',
      );
      expect(result).toEqual([null, 1, 2, 3]);
    });

    it('gives children their item only: no variable of the parent', async () => {
      const { error } = await harness.run(
        {
          A: { Type: 'Pass', Assign: { secret: 1 }, Next: 'B' },
          B: map(
            { Items: [1], ToleratedFailureCount: 0 },
            { Type: 'Pass', Output: '{% $secret %}', End: true },
          ),
        },
        'A',
      );
      expect(error?.Error).toBe('States.ExceedToleratedFailureThreshold');
    });
  });
});
