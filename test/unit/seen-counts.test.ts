import { planText } from '../../cli/render/terminal.ts';
import type { StoreLook } from '../../lambda/core/model/run.ts';
import { seenCounts, uncountedStores } from '../../lambda/core/plan/seen-counts.ts';
import { plan } from '../support/builders.ts';

const look = (records: number, more: boolean) => ({ store: 'dynamodb:Orders', records, more }) as StoreLook;
const counted = (records: number, bytes = 100 * records) => ({ store: 0, records, bytes });

describe('what is counted of a store, beside what Plan has seen of it', () => {
  it('stays where that is less', () => {
    expect(seenCounts([counted(900)], [look(500, true)])).toEqual([counted(900)]);
    expect(uncountedStores([counted(900)], [look(500, true)])).toEqual([]);
  });

  it('is what was seen where DynamoDB has not counted a new table yet', () => {
    expect(seenCounts([counted(0)], [look(12, false)])).toEqual([counted(12, 0)]);
    expect(uncountedStores([counted(0)], [look(12, false)])).toEqual([]);
  });

  it('grows in bytes and writes with what was seen', () => {
    expect(seenCounts([{ ...counted(10), writes: 60 }], [look(15, false)])).toEqual([
      { ...counted(15), writes: 90 },
    ]);
  });

  it('is called a lower bound where that was not all', () => {
    expect(uncountedStores([counted(0)], [look(500, true)])).toEqual(['dynamodb:Orders']);
    expect(uncountedStores([counted(0)], [look(500, true)], 501)).toEqual(['dynamodb:Orders']);
    expect(uncountedStores([counted(0)], [look(500, true)], 500)).toEqual([]);
    expect(uncountedStores([counted(500)], [look(500, true)])).toEqual(['dynamodb:Orders']);
  });
});

describe('a plan of more than is counted', () => {
  const { estimate } = plan();
  const shown = (changes: object): string => planText(plan(changes));

  it('says at least', () => {
    const text = shown({ estimate: { ...estimate, uncounted: ['dynamodb:Orders'] } });
    expect(text).toMatch(/: at least [\d,]+ data keys in /);
    expect(text).toMatch(/^at least [\d,]+ KMS requests/m);
    expect(shown({ estimate })).not.toMatch(/^at least/m);
  });

  it('does not say at most, where a journal proves some', () => {
    const uncounted = { ...estimate, uncounted: ['dynamodb:Orders'] };
    expect(shown({ estimate: uncounted, restsOn: ['run-1'] })).toMatch(/^about [\d,]+ KMS requests/m);
    expect(shown({ estimate, restsOn: ['run-1'] })).toMatch(/^at most about [\d,]+ KMS requests/m);
  });
});
