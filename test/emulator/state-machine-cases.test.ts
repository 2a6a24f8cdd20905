import { Executions } from '../../emulator/stepfunctions/executions.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';
import type { StateMachineCase } from '../support/state-machines/case.ts';
import { STATE_MACHINE_CASES } from '../support/state-machines/cases.ts';

/** The embedded Step Functions; `npm run test:peers` plays the same cases on another one. */
describe('an execution on loopback ends as AWS documents it', () => {
  it.each(STATE_MACHINE_CASES.map(one => [one.title, one] as const))('%s', async (_, one) => {
    const { status, output, error } = await ended(one);
    expect({ status, ...(error === undefined ? { output } : { error: error.Error }) }).toEqual(
      one.ends.status === 'SUCCEEDED' ? one.ends : { status: 'FAILED', error: one.ends.error },
    );
    if (one.ends.status === 'FAILED' && one.ends.cause !== undefined)
      expect(error?.Cause).toBe(one.ends.cause);
  });
});

async function ended({ states, startAt, input = {}, objects = {}, tasks = {} }: StateMachineCase) {
  const files = new Map(Object.entries(objects));
  const tries = new Map<string, number>();
  const executions = new Executions({
    integrations: {
      invokeFunction: name => {
        const state = name.split(':').at(-1) ?? name;
        const answers = tasks[state] ?? [];
        const at = tries.get(state) ?? 0;
        tries.set(state, at + 1);
        const answer = answers[Math.min(at, answers.length - 1)];
        if (answer === undefined) throw new Error(`nobody says what ${name} answers`);
        if ('throws' in answer) throw new StatesError(answer.throws.error, answer.throws.cause);
        return Promise.resolve(answer.returns);
      },
      needForChildren: () => undefined,
      readObject: (_, key) => {
        const text = files.get(key);
        if (text === undefined) throw new Error('NoSuchKey');
        return Promise.resolve(Buffer.from(text));
      },
      writeObject: ({ key, body }) => {
        files.set(key, body);
        return Promise.resolve();
      },
    },
    waitScale: 0,
  });
  const machine = new StateMachines().create({
    arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
    roleArn: 'arn:aws:iam::000000000000:role/r',
    definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: startAt, States: states }),
  });
  const execution = executions.start(machine, { input: JSON.stringify(input) });
  while (execution.status === 'RUNNING') await new Promise(setImmediate);
  const { status, error } = execution;
  const output = execution.output === undefined ? undefined : (JSON.parse(execution.output) as unknown);
  return { status, error, output };
}
