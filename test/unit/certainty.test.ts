import type { StoreLook } from '../../lambda/core/model/run.ts';
import { certaintyOf } from '../../lambda/core/plan/certainty.ts';
import { plan } from '../support/builders.ts';

const estimate = (dataKeys: number) => ({ ...plan().estimate, dataKeys });
const looked = (records: number, withDataKey: number) => [{ records, withDataKey } as StoreLook];
const said = (changes: object): string => certaintyOf(plan(changes)).join('\n');

describe('how sure an estimate is', () => {
  it('names the age of a table’s count', () => {
    expect(said({ estimate: estimate(10), looked: looked(10, 10) })).toContain('every six hours');
  });

  it('says that it is a lower bound where more is there than is counted', () => {
    const uncounted = ['dynamodb:Orders'];
    expect(said({ estimate: { ...estimate(5), uncounted } })).toContain('dynamodb:Orders: more is there');
    expect(said({ estimate: estimate(5) })).not.toContain('the least');
  });

  it('says how many of the records that were seen have a data key', () => {
    expect(said({ estimate: estimate(9), looked: looked(5, 4) })).toContain(
      'of the first 5 records, 4 have one',
    );
    expect(said({ estimate: estimate(9), looked: [] })).toContain('has looked at none');
  });

  it('says that it is of a sample', () => {
    expect(said({ sample: 100 })).toContain('a sample of 100');
  });
});
