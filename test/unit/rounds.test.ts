import fc from 'fast-check';
import { inRound, pauseSeconds, type Round } from '../../lambda/core/account/rounds.ts';
import type { UnitProgress } from '../../lambda/core/model/books.ts';
import { PremiseBroken } from '../../lambda/core/model/errors.ts';
import type { Unit } from '../../lambda/core/model/run.ts';
import { EMPTY_BOOKS } from '../../lambda/core/account/books.ts';

const UNIT: Unit = {
  runId: 'run-1',
  unitId: 'u00001',
  store: 0,
  range: { type: 'segment', segment: 0, totalSegments: 1 },
};
const progress = (changes: Partial<UnitProgress> = {}): UnitProgress => ({
  ...{ runId: 'run-1', unitId: 'u00001', phase: 'migrate', store: 0, pages: 0, done: false },
  books: EMPTY_BOOKS,
  ...changes,
});
const at = (ms: number) => ({ now: () => ms });
const answer = (round: Round | undefined, now: number, changes: Partial<UnitProgress> = {}) =>
  inRound({ ...UNIT, ...(round !== undefined && { round }) }, at(now), () =>
    Promise.resolve(progress(changes)),
  );

const SECOND = 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Looks of one worker until a pause of so many seconds is over, and how late the last one is. */
function looks(pausedFor: number): { readonly count: number; readonly late: number } {
  let [count, now] = [1, 0];
  for (; now < pausedFor; count++) now += pauseSeconds(now);
  return { count, late: now - pausedFor };
}

describe('a pause', () => {
  it.each([
    ['an hour', HOUR, 30],
    ['a day', DAY, 70],
    ['thirty days', 30 * DAY, 560],
    ['a year, after which any execution ends', 365 * DAY, 1_160],
  ])('of %s takes few of the events of a unit', (_, seconds, most) => {
    expect(looks(seconds).count).toBeLessThanOrEqual(most);
    expect(9 * looks(seconds).count).toBeLessThan(25_000 / 2);
  });

  it('is over within a minute, a tenth of it or an hour; from ten days on, within a 240th of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * DAY }), seconds => {
        const most = Math.max(60, Math.min(HOUR, seconds / 10), seconds / 240);
        expect(looks(seconds).late).toBeLessThanOrEqual(most + 1);
      }),
      { numRuns: 200 },
    );
  });

  it('is waited for in whole seconds from one minute on, whatever the clocks of two invocations say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), async (pausedSince, now) => {
        const { waitSeconds = 0 } = await answer({ pausedSince }, now, { paused: 'by-operator' });
        expect([Number.isInteger(waitSeconds), waitSeconds >= 60, waitSeconds <= 2 * DAY]).toEqual([
          true,
          true,
          true,
        ]);
      }),
    );
  });

  it('is measured from when the unit first found it, and forgotten once it is over', async () => {
    const first = await answer(undefined, 0, { paused: 'by-operator' });
    expect(first).toMatchObject({ waitSeconds: 60, round: { pausedSince: 0 } });
    const later = await answer(first.round, 2 * HOUR * SECOND, { paused: 'by-operator' });
    expect(later).toMatchObject({ waitSeconds: 720, round: { pausedSince: 0 } });
    const over = await answer(later.round, 3 * HOUR * SECOND);
    expect([over.waitSeconds, over.round.pausedSince]).toEqual([undefined, undefined]);
  });

  it('for want of a share of the rate stays a minute, as one becomes free with any page of another worker', async () => {
    const round = { pausedSince: 0 };
    expect(await answer(round, 5 * HOUR * SECOND, { paused: 'no-share' })).toMatchObject({ waitSeconds: 60 });
  });
});

describe('a unit', () => {
  it('counts the events of its execution: seven for each round, two for a wait, three for each try again', async () => {
    const first = await answer(undefined, 0);
    expect(first.round).toEqual({ events: 3 + 7 });
    const second = await answer({ ...first.round, retries: 4 }, 0, { paused: 'by-operator' });
    expect(second.round.events).toBe(3 + 7 + 7 + 4 * 3 + 2);
  });

  it('ends its run before Step Functions ends its execution, and says how to go on', async () => {
    const work = jest.fn();
    const ended = inRound({ ...UNIT, round: { events: 23_999 } }, at(0), work);
    await expect(ended).rejects.toBeInstanceOf(PremiseBroken);
    await expect(ended).rejects.toThrow('start the same job again: a migration continues from there');
    expect(work).not.toHaveBeenCalled();
  });

  it('begins as before where the state machine does not count: one that was started by an earlier version', async () => {
    expect(await answer(undefined, 0)).toMatchObject({ done: false, round: { events: 10 } });
  });
});
