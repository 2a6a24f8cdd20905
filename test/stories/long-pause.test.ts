import { Executions, type Execution } from '../../emulator/stepfunctions/executions.ts';
import { integrationsWith } from '../support/fake-integrations.ts';
import { StateMachines } from '../../emulator/stepfunctions/state-machines.ts';
import { StatesError } from '../../emulator/stepfunctions/states-error.ts';
import { inRound, type UnitInRound } from '../../lambda/core/account/rounds.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import { definitionOf, synthesized } from '../support/stack.ts';

const UNIT = {
  runId: 'run-1',
  unitId: 'u00001',
  store: 0,
  range: { type: 'segment', segment: 0, totalSegments: 1 },
};
const DAY_MS = 24 * 3600 * 1000;

interface World {
  /** Milliseconds since the unit began. */
  now: number;
  /** What a worker finds at that time. */
  readonly paused: (now: number) => UnitProgress['paused'];
  readonly done: (now: number) => boolean;
  /** How long an invocation takes. */
  readonly takesMs: number;
  /** Tries for which Lambda has no slot, a minute each, before each invocation. */
  readonly withoutSlot?: number;
  /** What a worker answers instead. */
  readonly answers?: (answer: object) => object;
}

/** The child execution that the stack deploys for each unit, with its clock in the hands of its worker. */
async function unit(world: World): Promise<Execution> {
  const { ItemProcessor } = definitionOf(synthesized()).States['Migrate']!;
  let tries = 0;
  const executions = new Executions({
    waitScale: 0,
    integrations: integrationsWith({
      invokeFunction: async (_name, payload) => {
        if (tries++ % ((world.withoutSlot ?? 0) + 1) < (world.withoutSlot ?? 0)) {
          world.now += 60_000;
          throw new StatesError('Lambda.TooManyRequestsException', 'Rate Exceeded.');
        }
        world.now += world.takesMs;
        const work = inRound(payload as UnitInRound, { now: () => world.now }, async () => progress(world));
        const answer = await work.catch((error: unknown) => {
          throw error instanceof PremiseBroken ? new StatesError(error.name, error.message) : error;
        });
        world.now += (answer.waitSeconds ?? 0) * 1000;
        return JSON.parse(JSON.stringify(world.answers?.(answer) ?? answer)) as unknown;
      },
    }),
  });
  const machine = new StateMachines().create({
    arn: 'arn:aws:states:us-east-1:111122223333:stateMachine:unit',
    roleArn: 'arn:aws:iam::111122223333:role/r',
    definition: JSON.stringify({ ...ItemProcessor, QueryLanguage: 'JSONata' }),
  });
  const execution = executions.start(machine, { input: JSON.stringify(UNIT) });
  while (execution.status === 'RUNNING') await new Promise(setImmediate);
  return execution;
}

function progress({ now, paused, done }: World): UnitProgress {
  const why = paused(now);
  return {
    ...{ runId: 'run-1', unitId: 'u00001', phase: 'migrate', store: 0, pages: 0, books: EMPTY_BOOKS },
    done: why === undefined && done(now),
    ...(why !== undefined && { paused: why }),
  };
}

const pausedFor = (days: number): World => ({
  now: 0,
  takesMs: 1_000,
  paused: now => (now < days * DAY_MS ? 'by-operator' : undefined),
  done: () => true,
});

describe('the execution of a unit', () => {
  it('lives through a pause of thirty days, and goes on within three hours', async () => {
    const world = pausedFor(30);
    const { status, history } = await unit(world);
    expect([status, world.now < 30.125 * DAY_MS]).toEqual(['SUCCEEDED', true]);
    expect(history.count).toBeLessThan(6_000);
  });

  it('lives through a pause of a year, the most that Step Functions gives an execution', async () => {
    const { status, history } = await unit(pausedFor(365));
    expect([status, history.count < 12_500]).toEqual(['SUCCEEDED', true]);
  });

  it('would not, if it looked once a minute', async () => {
    const world = { ...pausedFor(30), answers: (answer: object) => ({ ...answer, waitSeconds: 60 }) };
    const { status, error } = await unit({
      ...world,
      answers: answer => withoutCount(world.answers(answer)),
    });
    expect([status, error?.Cause]).toEqual([
      'FAILED',
      expect.stringContaining('maximum number of history events'),
    ]);
  });

  it('is counted by its worker as Step Functions counts it, tries without a slot included', async () => {
    let last: { round?: { events?: number } } = {};
    const world: World = {
      ...{ now: 0, takesMs: 840_000, withoutSlot: 3 },
      paused: now => (now > DAY_MS && now < 2 * DAY_MS ? 'by-operator' : undefined),
      done: now => now > 3 * DAY_MS,
      answers: answer => (last = answer),
    };
    const { status, history } = await unit(world);
    // At its last answer, the choice, the success and the end of the execution are still to come, and the first is counted.
    expect([status, history.count - (last.round?.events ?? 0)]).toEqual(['SUCCEEDED', 3 - 2]);
  });

  it('ends in words of ours, if its work takes more rounds than there is room for', async () => {
    const world: World = { now: 0, takesMs: 840_000, paused: () => undefined, done: () => false };
    const { error, history } = await unit(world);
    expect(error).toMatchObject({
      Error: 'PremiseBroken',
      Cause: expect.stringContaining('start the same job again'),
    });
    expect(history.count).toBeLessThan(25_000);
    expect(world.now).toBeGreaterThan(30 * DAY_MS);
  });
});

function withoutCount(answer: object): object {
  return { ...answer, round: {} };
}
