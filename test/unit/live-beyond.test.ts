import { WITH_PRODUCT } from '../live/bounds.ts';
import { held, heldText } from '../live/cost/beyond.ts';
import type { MeterReading } from '../../emulator/meter/reading.ts';

const NOTHING: MeterReading = {
  ...{ requests: [], dynamodb: {}, s3: {}, kms: {}, lambda: {}, logs: {}, customMetrics: 0 },
  stepFunctions: { transitions: 0 },
};

describe('what the embedded AWS has counted beside what was reckoned', () => {
  it('is held, if nothing was asked for', () => {
    for (const { counted, reckoned } of held(WITH_PRODUCT, NOTHING)) expect(counted).toBeLessThan(reckoned);
  });

  it('shows what is beyond', () => {
    const lines = held(WITH_PRODUCT, { ...NOTHING, stepFunctions: { transitions: 1_001 } });
    expect(heldText(lines)).toContain('transitions: 1001 of 1000 reckoned, WHICH IS BEYOND');
    expect(heldText(lines).match(/BEYOND/g)).toHaveLength(1);
  });

  it('takes reads and writes of all tables together', () => {
    const dynamodb = {
      'us-east-1/a': { readUnits: 1, writeUnits: 2 },
      'us-east-1/b': { readUnits: 3, writeUnits: 4 },
    };
    const units = held(WITH_PRODUCT, { ...NOTHING, dynamodb }).find(({ what }) => what === 'DynamoDB units');
    expect(units?.counted).toBe(10);
  });
});
