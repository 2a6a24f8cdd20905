import { BUCKET, distributed, pass, taskOf, type StateMachineCase } from './case.ts';

const LINES = {
  ItemReader: {
    Resource: 'arn:aws:states:::s3:getObject',
    ReaderConfig: { InputType: 'JSONL' },
    Arguments: { Bucket: BUCKET, Key: '{% $states.input.key %}' },
  },
};

export const MAPS: readonly StateMachineCase[] = [
  {
    title: 'a distributed map reads JSON Lines, and a child sees its item alone',
    states: { A: distributed({ B: pass('{% $states.input.u * 2 %}') }, LINES) },
    startAt: 'A',
    input: { key: 'units.jsonl' },
    objects: { 'units.jsonl': '{"u":1}\n{"u":2}\n{"u":3}\n' },
    ends: { status: 'SUCCEEDED', output: [2, 4, 6] },
  },
  {
    title: 'a distributed map reads a JSON list, in its order',
    states: {
      A: distributed(
        { B: pass('{% $states.input * 2 %}') },
        {
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'JSON' },
            Arguments: { Bucket: BUCKET, Key: 'list.json' },
          },
        },
      ),
    },
    startAt: 'A',
    objects: { 'list.json': '[3, 1, 2]' },
    ends: { status: 'SUCCEEDED', output: [6, 2, 4] },
  },
  {
    title: 'a child sees no variable of its parent',
    states: {
      A: pass('{% $states.input %}', { Assign: { secret: 1 }, Next: 'B' }),
      B: distributed({ C: pass('{% $exists($secret) %}') }, { Items: [1] }),
    },
    startAt: 'A',
    ends: { status: 'SUCCEEDED', output: [false] },
  },
  {
    title: 'one failed child ends a map that tolerates none',
    states: {
      A: distributed(
        {
          B: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'C' }], Default: 'D' },
          C: { Type: 'Fail', Error: 'Two' },
          D: { Type: 'Succeed' },
        },
        { Items: [1, 2, 3] },
      ),
    },
    startAt: 'A',
    ends: { status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' },
  },
  {
    title: 'failed children within the percentage are tolerated, by an expression too',
    states: {
      A: {
        ...distributed(
          {
            B: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input = 2 %}', Next: 'C' }],
              Default: 'D',
            },
            C: { Type: 'Fail', Error: 'Two' },
            D: { Type: 'Succeed' },
          },
          { Items: [1, 2, 3, 4], ToleratedFailurePercentage: '{% 25 %}' },
        ),
        Output: '{% $count($states.result) %}',
      },
    },
    startAt: 'A',
    ends: { status: 'SUCCEEDED', output: 4 },
  },
  {
    title: 'a map without items succeeds without children',
    states: { A: distributed({ B: pass('x') }, { Items: [] }) },
    startAt: 'A',
    ends: { status: 'SUCCEEDED', output: [] },
  },
  {
    title: 'a file that is not there is an error of the reader',
    states: { A: distributed({ B: pass('x') }, LINES) },
    startAt: 'A',
    input: { key: 'missing.jsonl' },
    ends: { status: 'FAILED', error: 'States.ItemReaderFailed' },
  },
  {
    title: 'results go to a prefix, and the output names the manifest',
    states: {
      A: {
        ...distributed(
          { B: pass('{% $states.input.u %}') },
          {
            ...LINES,
            ResultWriter: {
              Resource: 'arn:aws:states:::s3:putObject',
              Arguments: { Bucket: BUCKET, Prefix: 'results/migrate' },
              WriterConfig: { Transformation: 'COMPACT', OutputType: 'JSONL' },
            },
          },
        ),
        Output: "{% $replace($states.result.ResultWriterDetails.Key, /[0-9a-f-]{36}/, 'RUN') %}",
      },
    },
    startAt: 'A',
    input: { key: 'units.jsonl' },
    objects: { 'units.jsonl': '{"u":1}\n{"u":2}\n' },
    ends: { status: 'SUCCEEDED', output: 'results/migrate/RUN/manifest.json' },
  },
  {
    title: 'a worker is called until its unit is done',
    states: {
      A: distributed(
        {
          Work: taskOf('Work', { End: undefined, Next: 'Done?' }),
          'Done?': {
            Type: 'Choice',
            Choices: [{ Condition: '{% $states.input.done %}', Next: 'Done' }],
            Default: 'Work',
          },
          Done: { Type: 'Succeed' },
        },
        { Items: [{ unit: 'u' }] },
      ),
    },
    startAt: 'A',
    tasks: {
      Work: [{ returns: { done: false } }, { returns: { done: false } }, { returns: { done: true, n: 7 } }],
    },
    ends: { status: 'SUCCEEDED', output: [{ done: true, n: 7 }] },
  },
];
