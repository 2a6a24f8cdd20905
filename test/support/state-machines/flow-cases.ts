import { pass, type StateMachineCase } from './case.ts';

export const EXPRESSIONS: readonly StateMachineCase[] = [
  {
    title: 'an output sees what the state was given, and is evaluated before assignments take effect',
    states: {
      A: pass({ n: '{% $states.input.n + 1 %}' }, { Assign: { n: 1 }, Next: 'B' }),
      B: pass('{% [$n, $states.input.n] %}', { Assign: { n: '{% $n + 1 %}' }, Next: 'C' }),
      C: pass('{% $append($states.input, $n) %}'),
    },
    startAt: 'A',
    input: { n: 41 },
    ends: { status: 'SUCCEEDED', output: [1, 42, 2] },
  },
  {
    title: 'an expression without a value is an error',
    states: { A: pass('{% $states.input.missing %}') },
    startAt: 'A',
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError' },
  },
  {
    title: 'an expression that fails is an error',
    states: { A: pass("{% $number('x') %}") },
    startAt: 'A',
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError' },
  },
  {
    title: 'an expression within a text is a text',
    states: { A: pass('n is {% $states.input.n %}') },
    startAt: 'A',
    input: { n: 1 },
    ends: { status: 'SUCCEEDED', output: 'n is {% $states.input.n %}' },
  },
  {
    title: 'a range of one number is that number, as JSONata has it with sequences',
    states: { A: pass({ one: '{% $range(1, 9, 9) %}', two: '{% $range(1, 9, 8) %}' }) },
    startAt: 'A',
    ends: { status: 'SUCCEEDED', output: { one: 1, two: [1, 9] } },
  },
  {
    title: 'a state that cannot be tried again has no count of that',
    states: { A: pass('{% $exists($states.context.State.RetryCount) %}') },
    startAt: 'A',
    ends: { status: 'SUCCEEDED', output: false },
  },
  {
    title: 'functions that Step Functions adds to JSONata',
    states: {
      A: pass({
        parsed: '{% $parse(\'{"a": [1, 2]}\').a %}',
        range: '{% $range(0, 6, 3) %}',
        parts: '{% $partition([1, 2, 3], 2) %}',
        hash: "{% $hash('x', 'SHA-256') %}",
        uuid: '{% $length($uuid()) %}',
      }),
    },
    startAt: 'A',
    ends: {
      status: 'SUCCEEDED',
      output: {
        ...{ parsed: [1, 2], range: [0, 3, 6], parts: [[1, 2], [3]], uuid: 36 },
        hash: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      },
    },
  },
  {
    title: '$merge and $exists as the pipeline uses them',
    states: {
      A: pass(
        "{% $merge([$states.input, {'round': $merge([$states.input.round, {'retries': 0}])}, {'is': $exists($states.input.none)}]) %}",
      ),
    },
    startAt: 'A',
    input: { unit: 'u' },
    ends: { status: 'SUCCEEDED', output: { unit: 'u', round: { retries: 0 }, is: false } },
  },
];

export const FLOW: readonly StateMachineCase[] = [
  {
    title: 'the first choice that holds is taken',
    states: {
      A: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'Large' },
          { Condition: '{% $states.input.n > 1 %}', Next: 'Some' },
        ],
        Default: 'Few',
      },
      Large: { Type: 'Succeed', Output: 'large' },
      Some: { Type: 'Succeed', Output: 'some' },
      Few: { Type: 'Succeed', Output: 'few' },
    },
    startAt: 'A',
    input: { n: 3 },
    ends: { status: 'SUCCEEDED', output: 'some' },
  },
  {
    title: 'no choice that holds, and no default, is an error',
    states: {
      A: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'B' }] },
      B: { Type: 'Succeed' },
    },
    startAt: 'A',
    ends: { status: 'FAILED', error: 'States.NoChoiceMatched' },
  },
  {
    title: 'a condition that is no boolean is an error',
    states: {
      A: { Type: 'Choice', Choices: [{ Condition: "{% 'yes' %}", Next: 'B' }], Default: 'B' },
      B: { Type: 'Succeed' },
    },
    startAt: 'A',
    ends: { status: 'FAILED', error: 'States.QueryEvaluationError' },
  },
  {
    title: 'a Fail state ends in its error and cause',
    states: { A: { Type: 'Fail', Error: "{% 'Mine' %}", Cause: "{% 'because ' & $states.input.why %}" } },
    startAt: 'A',
    input: { why: 'so' },
    ends: { status: 'FAILED', error: 'Mine', cause: 'because so' },
  },
  {
    title: 'a wait of seconds by an expression passes its input on',
    states: { A: { Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } },
    startAt: 'A',
    input: { s: 0 },
    ends: { status: 'SUCCEEDED', output: { s: 0 } },
  },
  {
    title: 'an inline map keeps the order of its items',
    states: {
      A: {
        Type: 'Map',
        Items: '{% $states.input.list %}',
        ItemSelector: {
          value: '{% $states.context.Map.Item.Value %}',
          at: '{% $states.context.Map.Item.Index %}',
        },
        ItemProcessor: {
          StartAt: 'B',
          States: { B: pass('{% $states.input.value * 10 + $states.input.at %}') },
        },
        End: true,
      },
    },
    startAt: 'A',
    input: { list: [3, 2, 1] },
    ends: { status: 'SUCCEEDED', output: [30, 21, 12] },
  },
  {
    title: 'branches of a Parallel state come in their order',
    states: {
      A: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'B', States: { B: pass('{% $states.input & "b" %}') } },
          { StartAt: 'C', States: { C: pass('{% $states.input & "c" %}') } },
        ],
        End: true,
      },
    },
    startAt: 'A',
    input: 'x',
    ends: { status: 'SUCCEEDED', output: ['xb', 'xc'] },
  },
];
