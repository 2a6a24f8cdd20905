import type { StateMachineCase, TaskAnswer } from '../../support/state-machines/case.ts';
import { STATE_MACHINE_CASES } from '../../support/state-machines/cases.ts';

/** Of each case with tasks. */
export const MOCKED = 'asCase';

/** What LocalStack reads from the file that `SFN_MOCK_CONFIG` names: its answers in place of those of functions. */
export function mockedTasks(): object {
  const cases = STATE_MACHINE_CASES.flatMap(one =>
    one.tasks === undefined ? [] : [{ one, tasks: one.tasks }],
  );
  const responseOf = (one: StateMachineCase, state: string): string => `${machineNameOf(one)}${state}`;
  return {
    StateMachines: Object.fromEntries(
      cases.map(({ one, tasks }) => [
        machineNameOf(one),
        {
          TestCases: {
            [MOCKED]: Object.fromEntries(Object.keys(tasks).map(state => [state, responseOf(one, state)])),
          },
        },
      ]),
    ),
    MockedResponses: Object.fromEntries(
      cases.flatMap(({ one, tasks }) =>
        Object.entries(tasks).map(([state, answers]) => [responseOf(one, state), responses(answers)]),
      ),
    ),
  };
}

export function machineNameOf(one: StateMachineCase): string {
  return `case-${STATE_MACHINE_CASES.indexOf(one)}`;
}

/** By the number of the try; the last answer stays. */
function responses(answers: readonly TaskAnswer[]): object {
  return Object.fromEntries(
    answers.map((answer, index) => [
      index === answers.length - 1 ? `${index}-${index + 99}` : `${index}`,
      'throws' in answer
        ? { Throw: { Error: answer.throws.error, Cause: answer.throws.cause } }
        : { Return: { StatusCode: 200, Payload: answer.returns } },
    ]),
  );
}
