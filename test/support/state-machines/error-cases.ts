import { pass, taskOf, type StateMachineCase } from './case.ts';

const busy = { throws: { error: 'Busy', cause: 'try later' } } as const;

export const ERRORS: readonly StateMachineCase[] = [
  {
    title: 'a task is tried again by the first retrier that matches',
    states: { T: taskOf('T', { Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 2 }] }) },
    startAt: 'T',
    tasks: { T: [busy, busy, { returns: { done: true } }] },
    ends: { status: 'SUCCEEDED', output: { done: true } },
  },
  {
    title: 'a retrier with no attempts forbids what a later one allows',
    states: {
      T: taskOf('T', {
        Retry: [
          { ErrorEquals: ['Busy'], MaxAttempts: 0 },
          { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, MaxAttempts: 5 },
        ],
      }),
    },
    startAt: 'T',
    tasks: { T: [busy, { returns: {} }] },
    ends: { status: 'FAILED', error: 'Busy', cause: 'try later' },
  },
  {
    title: 'an error is caught by name, with what it says',
    states: {
      T: taskOf('T', {
        Catch: [
          { ErrorEquals: ['Other'], Next: 'Wrong' },
          { ErrorEquals: ['States.ALL'], Assign: { e: '{% $states.errorOutput %}' }, Next: 'B' },
        ],
      }),
      Wrong: { Type: 'Succeed' },
      B: pass('{% $e %}'),
    },
    startAt: 'T',
    tasks: { T: [busy] },
    ends: { status: 'SUCCEEDED', output: { Error: 'Busy', Cause: 'try later' } },
  },
  {
    title: 'States.TaskFailed matches what a function throws',
    states: {
      T: taskOf('T', { Catch: [{ ErrorEquals: ['States.TaskFailed'], Output: 'caught', Next: 'B' }] }),
      B: { Type: 'Succeed' },
    },
    startAt: 'T',
    tasks: { T: [busy] },
    ends: { status: 'SUCCEEDED', output: 'caught' },
  },
  {
    title: 'a query that fails within a task is caught by States.ALL',
    states: {
      T: taskOf('T', {
        Output: '{% $states.result.Payload.missing %}',
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'B' }],
      }),
      B: { Type: 'Succeed' },
    },
    startAt: 'T',
    tasks: { T: [{ returns: {} }] },
    ends: { status: 'SUCCEEDED', output: 'States.QueryEvaluationError' },
  },
];
