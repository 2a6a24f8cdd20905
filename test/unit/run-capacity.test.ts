import fc from 'fast-check';
import { capacityProblem, runCapacity } from '../../lambda/core/rate/run-capacity.ts';
import { plan } from '../support/builders.ts';

const LIMITS = { kmsRequestsPerSecond: 100, maxConcurrency: 4, toleratedFailurePercentage: 0 };
const FREE = plan({ limits: LIMITS });
const BOUNDED = plan({
  limits: { ...LIMITS, writeCapacityPerSecond: 50 },
  highestCapacity: { writeCapacityPerSecond: 80 },
});

describe('what a run may take of its tables', () => {
  it('is what its plan says, as long as nobody has changed it', () => {
    expect(runCapacity({}, FREE)).toEqual({ limits: {}, words: [] });
    expect(runCapacity({}, BOUNDED)).toEqual({ limits: { writeCapacityPerSecond: 50 }, words: [] });
    expect(runCapacity({ writeCapacityPerSecond: 50 }, BOUNDED).words).toEqual([]);
  });

  it('can be bounded while the run goes on, and the report says so', () => {
    expect(runCapacity({ readCapacityPerSecond: 7 }, FREE)).toEqual({
      limits: { readCapacityPerSecond: 7 },
      words: ['its limit was changed while it ran: from none to 7 read units a second of each table'],
    });
  });

  it('goes up to the limit of the job and no further, whatever the control item says', () => {
    expect(runCapacity({ writeCapacityPerSecond: 80 }, BOUNDED).limits).toEqual({
      writeCapacityPerSecond: 80,
    });
    const { limits, words } = runCapacity({ writeCapacityPerSecond: 81 }, BOUNDED);
    expect(limits).toEqual({ writeCapacityPerSecond: 80 });
    expect(words).toEqual([expect.stringContaining('says 81 for writeCapacityPerSecond')]);
  });

  it('is the lowest if what was written there is no number', () => {
    expect(runCapacity({ writeCapacityPerSecond: Number.NaN }, BOUNDED)).toEqual({
      limits: { writeCapacityPerSecond: 1 },
      words: [expect.stringContaining('says no number')],
    });
  });

  it('is always from 1 to what the job allows (property)', () => {
    fc.assert(
      fc.property(fc.double(), asked => {
        const { writeCapacityPerSecond: units = 0 } = runCapacity(
          { writeCapacityPerSecond: asked },
          BOUNDED,
        ).limits;
        expect(units).toBeGreaterThanOrEqual(1);
        expect(units).toBeLessThanOrEqual(80);
      }),
    );
  });

  it('is refused above the limit of the job, and below 1', () => {
    expect(capacityProblem('writeCapacityPerSecond', 80, BOUNDED)).toBeUndefined();
    expect(capacityProblem('writeCapacityPerSecond', 81, BOUNDED)).toMatch(/from 1 to 80 write units/);
    expect(capacityProblem('readCapacityPerSecond', 0, BOUNDED)).toMatch(/from 1 to 1000000 read units/);
  });
});
