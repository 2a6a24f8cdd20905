import { checkCounts, checkJournalNamed } from '../../../lambda/core/evidence/check-counts.ts';
import { addCounts, countOutcomes } from '../../../lambda/core/evidence/count-outcomes.ts';

const ORDERS = 'dynamodb:Orders';
const line = (outcome: string, store = ORDERS): string => `${JSON.stringify({ store, outcome })}\n`;
const SEALED = countOutcomes(line('rewrapped') + line('rewrapped') + line('blocked'));
const JOURNAL = { root: 'ab', chains: 2, objects: 3, lines: 4 };

function report(outcomes: Readonly<Record<string, number>>, more: object = {}): string {
  const dataKeys = Object.values(outcomes).reduce((sum, one) => sum + one, 0);
  return JSON.stringify({ mode: 'migrate', stores: [{ store: ORDERS, dataKeys, outcomes }], ...more });
}

function found(text: string, sealed = SEALED): readonly string[] {
  return checkCounts(text, sealed).map(({ kind, words }) => `${kind}: ${words}`);
}

describe('the counts of a signed report', () => {
  it('follow from the sealed lines of its journal', () =>
    expect(found(report({ rewrapped: 2, blocked: 1 }))).toEqual([]));

  it('are wrong where an outcome is counted more or less often than it was sealed', () => {
    expect(found(report({ rewrapped: 3 }))).toEqual([
      `miscounted: report.json counts 3 data keys as rewrapped in ${ORDERS}, and the journal has 2 sealed lines that say so`,
      `miscounted: report.json counts 0 data keys as blocked in ${ORDERS}, and the journal has 1 sealed lines that say so`,
    ]);
  });

  it('are wrong where sealed lines are about a store that the report does not have', () => {
    const more = addCounts([SEALED, countOutcomes(line('failed', 'dynamodb:Others'))]);
    expect(found(report({ rewrapped: 2, blocked: 1 }), more)).toEqual([
      expect.stringContaining('0 data keys as failed in dynamodb:Others'),
    ]);
  });

  it('are wrong where the data keys of a store are not the sum of their outcomes', () => {
    const stores = [{ store: ORDERS, dataKeys: 4, outcomes: { rewrapped: 2, blocked: 1 } }];
    expect(found(report({}, { stores }))).toEqual([
      `miscounted: report.json counts 4 data keys in ${ORDERS}, and outcomes of 3`,
    ]);
  });

  it('may be higher, and never lower, where the run went on from another one', () => {
    const continues = ['run-0'];
    expect(found(report({ rewrapped: 9, blocked: 1 }, { continues }))).toEqual([]);
    expect(found(report({ rewrapped: 1, blocked: 1 }, { continues }))).toHaveLength(1);
  });

  it('add up for two accounts with a store of one name', () => {
    const stores = [
      { store: ORDERS, account: '111111111111', dataKeys: 1, outcomes: { rewrapped: 1 } },
      { store: ORDERS, account: '222222222222', dataKeys: 2, outcomes: { rewrapped: 1, blocked: 1 } },
    ];
    expect(found(report({}, { stores }))).toEqual([]);
  });

  it.each(['census', 'verify'])('of a %s rest on no outcome of a journal', mode =>
    expect(found(report({ 'to-rewrap': 7 }, { mode }), new Map())).toEqual([]),
  );

  it('are those of nobody where a line or the report cannot be read', () => {
    expect(found(report({ rewrapped: 2, blocked: 1 }), addCounts([SEALED, countOutcomes('{"x":')]))).toEqual([
      expect.stringContaining('0 data keys as unknown in unknown'),
    ]);
    expect(found('{}')).toEqual([expect.stringMatching(/^unreadable: /)]);
  });
});

describe('the journal that a signed report names', () => {
  it('is the one whose ends were sealed', () => {
    const named = (journal: object): number =>
      checkJournalNamed(report({ rewrapped: 1 }, { journal }), JOURNAL).length;
    expect(named(JOURNAL)).toBe(0);
    expect(
      Object.keys(JOURNAL).map(field => named({ ...JOURNAL, [field]: field === 'root' ? 'ac' : 9 })),
    ).toEqual([1, 1, 1, 1]);
  });

  it('is absent only where nothing was sealed', () => {
    expect(checkJournalNamed(report({}), { ...JOURNAL, chains: 0 })).toEqual([]);
    expect(checkJournalNamed(report({}), JOURNAL)).toHaveLength(1);
  });
});
