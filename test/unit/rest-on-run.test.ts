import type { Unit } from '../../lambda/core/model/run.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { JOURNAL_SCHEMA } from '../../lambda/core/model/journal-schema.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import type { LatestRun } from '../../lambda/core/plan/ports.ts';
import { areOfLikeSize, coverTheSame } from '../../lambda/core/plan/same-ranges.ts';
import { job, NEW_KEY, OLD_KEY, planned, UNIT } from '../support/builders.ts';
import { LEFT, planAfter, type After } from '../support/plan-after.ts';
import { planOf, ports, REQUEST } from '../support/plan-ports.ts';

const [STORE] = job().stores;

describe('a run after a finished migration of its job', () => {
  it.each(['migrate', 'verify'])('of the mode %s rests on it, and takes over its units', async mode => {
    const { plan, units } = await planAfter({ input: { mode } });
    expect(plan).toMatchObject({ restsOn: ['done'], contradictions: 0, units: 3, unitsPerStore: [3] });
    expect(units).toEqual(LEFT.map(unit => ({ ...unit, runId: 'run-1' })));
  });

  it('rests also on the runs that the migration went on from', async () => {
    const { plan } = await planAfter({ earlier: { continues: ['left', 'first'] } });
    expect(plan.restsOn).toEqual(['done', 'left', 'first']);
  });

  it('rests on it where a source key is disabled since: that is what the mode verify is for', async () => {
    const { plan } = await planAfter({ input: { mode: 'verify' }, disabled: true });
    expect(plan.restsOn).toEqual(['done']);
  });

  it('rests on it where KMS had contradicted a journal before that one was planned', async () => {
    const { plan } = await planAfter({ latest: { contradictions: 2 }, earlier: { contradictions: 2 } });
    expect(plan).toMatchObject({ restsOn: ['done'], contradictions: 2 });
  });

  it.each<[string, After]>([
    ['it is a census, which says what there is', { input: { mode: 'census' } }],
    ['the job asks about all', { now: { verify: 'ask-all' } }],
    ['it is asked to ask about all', { input: { askAll: true } }],
    ['it is asked so in the mode verify', { input: { mode: 'verify', askAll: true } }],
    ['it is a sample', { input: { sample: 5 } }],
    ['no migration has come to its end', { latest: { lastFinished: undefined as never } }],
    [
      'the plan of that one has expired',
      { latest: { lastFinished: { runId: 'gone', startedAt: '', jobDigest: '' } } },
    ],
    ['its units have expired', { units: new Error('NoSuchKey') }],
    ['KMS has contradicted a journal since', { latest: { contradictions: 1 } }],
    [
      'it did not know of all contradictions',
      { latest: { contradictions: 3 }, earlier: { contradictions: 2 } },
    ],
    ['an earlier version has planned it', { earlier: { contradictions: undefined as never } }],
    ['it was a sample', { earlier: { sample: 5 } }],
    ['it was of another job', { earlier: { job: 'others' } }],
    ['it moved to another key', { earlier: { destination: planned(OLD_KEY) } }],
    [
      'it moved to it by another algorithm',
      { earlier: { destination: planned(NEW_KEY, { encryptionAlgorithm: 'RSAES_OAEP_SHA_256' }) } },
    ],
    ['it was in another Region', { earlier: { storeRegion: 'eu-west-1' } }],
    ['it was about another table', { earlier: { stores: [{ ...STORE!, table: 'Others' }] } }],
    [
      'its format was another one',
      { earlier: { stores: [{ ...STORE!, format: { ...STORE!.format, encoding: 'base64' } }] } },
    ],
    [
      'its contexts were others',
      { earlier: { stores: [{ ...STORE!, format: { ...STORE!.format, encryptionContext: {} } }] } },
    ],
    ['one of its units is missing', { units: LEFT.slice(1) }],
    [
      'its units are of two cuts',
      { units: [...LEFT.slice(1), { ...UNIT, range: { type: 'segment', segment: 1, totalSegments: 4 } }] },
    ],
    ['the store has outgrown its units', { items: 1_000_000 }],
  ])('rests on none where %s', async (_, given) => {
    const { plan, units } = await planAfter(given);
    expect(plan.restsOn).toBeUndefined();
    expect(units.map(({ unitId }) => unitId)).not.toContain('old-1');
  });
});

describe('a run after a migration of a later version, whose journal it does not know', () => {
  it('rests on none, asks KMS about every data key, and says so once', async () => {
    const { plan } = await planAfter({ earlier: { journalSchema: JOURNAL_SCHEMA + 1 } });
    expect([plan.restsOn, plan.journalSchema]).toEqual([undefined, JOURNAL_SCHEMA]);
    expect(plan.warnings.filter(words => words.includes('journal.unknownSchema'))).toEqual([
      'the journal of done has schema 4, and this version reads 3 and 2: this run asks KMS about every data key (journal.unknownSchema)',
    ]);
  });

  it.each([JOURNAL_SCHEMA, JOURNAL_SCHEMA - 1, undefined])(
    'rests on one of schema %s',
    async journalSchema => {
      const { plan } = await planAfter({ earlier: { journalSchema: journalSchema as number } });
      expect(plan.restsOn).toEqual(['done']);
    },
  );
});

describe('a run that goes on from an unfinished one', () => {
  const goesOn = (left: Partial<RunPlan>, latest: Partial<LatestRun> = {}) =>
    planAfter({
      earlier: { units: 3, ...left },
      latest: { finished: false, ...latest },
    });

  it('does not, where KMS has contradicted a journal since: what its books rest on is not believed', async () => {
    const { plan } = await goesOn({ contradictions: 0 }, { contradictions: 1 });
    expect(plan).toMatchObject({ contradictions: 1 });
    expect(plan.continues).toBeUndefined();
  });
});

describe('a rollback', () => {
  it('rests on nothing but the journal of the run that it undoes', async () => {
    const given = await planOf({}, {});
    const resting = { ...given.estimate, proven: 5 };
    const estimate = { ...given.estimate, resting };
    const original = { ...given, runId: 'done', restsOn: ['before'], contradictions: 0, estimate };
    const { plan } = await planRun(
      { ...REQUEST, input: { job: 'orders', mode: 'rollback', run: 'done' } },
      {
        ...ports(),
        pastRuns: {
          ...ports().pastRuns,
          plan: () => Promise.resolve(original),
          fence: () => Promise.resolve({ succeeded: true, fencedAt: 0 }),
        },
      },
    );
    expect(Object.keys(plan)).not.toEqual(expect.arrayContaining(['restsOn']));
    expect(plan.contradictions).toBeUndefined();
    expect(plan.estimate.resting).toBeUndefined();
  });
});

describe('units of an earlier run', () => {
  const range = (startAfter?: string, endAt?: string, prefix?: string): Unit => ({
    ...UNIT,
    range: {
      type: 'key-range',
      ...(startAfter !== undefined && { startAfter }),
      ...(endAt !== undefined && { endAt }),
      ...(prefix !== undefined && { prefix }),
    },
  });
  const segments = (...only: readonly number[]): readonly Unit[] =>
    only.map(segment => ({ ...UNIT, range: { type: 'segment', segment, totalSegments: 9 } }));

  it.each<[string, readonly Unit[], readonly Unit[], boolean]>([
    ['cover all keys, however they are cut', [range('m'), range(undefined, 'm')], [range()], true],
    [
      'cover all keys of two prefixes',
      [range(undefined, undefined, 'a'), range('b', undefined, 'b'), range(undefined, 'b', 'b')],
      [range(undefined, undefined, 'b'), range(undefined, undefined, 'a')],
      true,
    ],
    [
      'leave out a prefix',
      [range(undefined, undefined, 'a')],
      [range(undefined, undefined, 'a'), range(undefined, undefined, 'b')],
      false,
    ],
    ['have a closed end', [range(undefined, 'm'), range('m', 'z')], [range()], false],
    ['have a closed beginning', [range('a')], [range()], false],
    ['have a gap', [range(undefined, 'k'), range('m')], [range()], false],
    ['overlap', [range(undefined, 'n'), range('m')], [range()], false],
    ['are the segments that the job names', segments(2, 5), segments(2, 5), true],
    ['are other segments', segments(2, 5), segments(2, 6), false],
    ['are of another store', [{ ...range(), store: 1 }], [range()], false],
    ['are none', [], [range()], false],
  ])('that %s: %#', (_, earlier, now, same) => {
    expect(coverTheSame(earlier, now)).toBe(same);
  });

  it('are too large for a store that has more than doubled', () => {
    const many = (count: number): readonly Unit[] => Array.from({ length: count }, () => range());
    expect([areOfLikeSize(many(5), many(10)), areOfLikeSize(many(5), many(11))]).toEqual([true, false]);
  });
});
