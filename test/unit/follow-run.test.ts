import type { Interrupts } from '../../cli/context/interrupts.ts';
import type { CommandContext } from '../../cli/context/command-context.ts';
import type { RunWatch } from '../../cli/deployment/run-watch.ts';
import { startAndShow } from '../../cli/follow/follow-run.ts';
import { remember } from '../../lambda/adapters/aws/said-by.ts';

jest.mock('../../cli/context/interrupts.ts', () => ({
  interruptible: (work: (interrupts: Interrupts) => unknown) =>
    work({
      interrupted: () => false,
      signal: new AbortController().signal,
      sleep: () => Promise.resolve(),
    }),
}));

/** An error as a client of AWS throws it. */
function ofAws(name: string, more: object = {}): Error {
  const error = Object.assign(new Error('said'), { name, ...more });
  remember(error);
  error.message = `states:Call: ${name}: said`;
  return error;
}

const NETWORK = ofAws('Error', { code: 'ENETUNREACH' });
const EXPIRED = ofAws('ExpiredTokenException');
const DENIED = ofAws('AccessDeniedException');

/** A run that is started and looked at, with these in the way. */
function runWith(troubles: {
  readonly start?: Error;
  readonly looks?: readonly Error[];
  readonly report?: Error;
}) {
  const looks = [...(troubles.looks ?? [])];
  const notes: string[] = [];
  const orElse = (error: Error | undefined): Promise<undefined> =>
    error === undefined ? Promise.resolve(undefined) : Promise.reject(error);
  const watch = {
    executions: { start: () => orElse(troubles.start) },
    files: { readReport: () => orElse(troubles.report) },
    looking: (runId: string) => async () => {
      await orElse(looks.shift());
      return { runId, state: 'failed' as const, startedAt: '' };
    },
  } as unknown as RunWatch;
  const quiet = () => undefined;
  const console = {
    ...{ json: false, result: quiet, answer: quiet, out: quiet, progress: quiet, progressDone: quiet },
    unanswered: quiet,
    ...{
      note: (words: string) => void notes.push(words),
      settled: () => Promise.resolve('written' as const),
    },
  };
  const context: CommandContext = { console, aws: {}, caller: { profile: 'work' }, deployment: 'KmsRewrap' };
  const start = { job: 'orders', mode: 'migrate', input: {} };
  return { notes, end: () => startAndShow(watch, start, context) };
}

describe('a run that was started', () => {
  it.each([
    ['the network', NETWORK],
    ['credentials that are over, which can be renewed elsewhere', EXPIRED],
    ['a busy service', ofAws('ThrottlingException')],
  ])('is looked at again after a trouble of %s', async (_, error) => {
    const { notes, end } = runWith({ looks: [error] });
    expect(await end()).toBe(3);
    expect(notes).toContainEqual(
      expect.stringMatching(/^lost sight of run orders-migrate-\S+, which goes on: /),
    );
  });

  it('is not looked at again by somebody who may not look', async () => {
    const { end } = runWith({ looks: [DENIED] });
    await expect(end()).rejects.toMatchObject({
      name: 'LostSight',
      message: expect.stringMatching(/AccessDeniedException.*; run \S+ goes on: rewrap watch/),
    });
  });

  it('has ended all the same, if its report cannot be read', async () => {
    const { end } = runWith({ report: NETWORK });
    await expect(end()).rejects.toMatchObject({
      name: 'LostSight',
      message: expect.stringMatching(
        /has failed, but its report cannot be read: .*; rewrap report \S+ shows it/,
      ),
    });
  });
});

describe('a run whose start was not answered', () => {
  it('may have started', async () => {
    await expect(runWith({ start: NETWORK }).end()).rejects.toMatchObject({
      name: 'LostSight',
      message: expect.stringMatching(/it is not known whether run \S+ has started: rewrap status \S+ tells/),
    });
  });

  it.each([
    ['denied', DENIED],
    ['not known', EXPIRED],
  ])('has not started, if its caller is %s', async (_, error) => {
    await expect(runWith({ start: error }).end()).rejects.toBe(error);
  });
});
