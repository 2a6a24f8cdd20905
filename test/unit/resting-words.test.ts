import { restingWords } from '../../lambda/core/verdict/resting-words.ts';

describe('what a proof rests on, in words,', () => {
  it('names the earlier run in the mode verify, which has no journal of its own', () => {
    const resting = { onJournal: 19, ofEarlierRuns: 19, sampled: 1, contradicted: 0 };
    const of = { resting, proven: 20, runId: 'run-2', restsOn: 'run-1' };
    expect(restingWords({ ...of, mode: 'verify' })).toBe(
      '19 of 20 data keys rest on the journal of run run-1; 1 was asked in full, 1 of them to test the journal',
    );
    expect(restingWords({ ...of, mode: 'migrate' })).toContain(
      'the journal of run run-2, 19 of them on what KMS has told earlier runs;',
    );
  });
});
