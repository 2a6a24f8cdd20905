import { control } from '../../cli/commands/control.ts';
import type { CommandContext } from '../../cli/context/command-context.ts';

jest.mock('../../lambda/adapters/run/deployment.ts', () => ({ findDeployment: () => Promise.resolve({}) }));
jest.mock('../../cli/deployment/run-watch.ts', () => ({
  RunWatch: class {
    readonly executions = { status: () => Promise.resolve({ state: 'running' }) };
    readonly stop = () => Promise.resolve();
    readonly pause = () => Promise.resolve();
  },
}));

function listening() {
  const answers: object[] = [];
  const console = { note: () => undefined, answer: (data: object) => void answers.push(data) };
  return { answers, context: { console, aws: {}, deployment: 'KmsRewrap' } as unknown as CommandContext };
}

describe('what a run was told', () => {
  it.each(['stop', 'pause', 'resume'] as const)(
    'by %s is answered with what nobody has looked at',
    async what => {
      const { answers, context } = listening();
      expect(await control(what, 'run', context)).toBe(0);
      expect(answers).toEqual([
        {
          runId: 'run',
          told: what,
          notChecked: ['whether its workers have noticed: rewrap status RUN tells'],
        },
      ]);
    },
  );
});
