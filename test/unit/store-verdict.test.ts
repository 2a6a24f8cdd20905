import fc from 'fast-check';
import { EXIT, exitCodeOf } from '../../cli/context/exit-codes.ts';
import { OUTCOME_KINDS } from '../../lambda/core/model/outcome.ts';
import { runVerdict, type Judged, type RunVerdict } from '../../lambda/core/verdict/run-verdict.ts';
import {
  DOUBT_CODES,
  storeVerdict,
  type Doubt,
  type StoreFigures,
} from '../../lambda/core/verdict/store-verdict.ts';

const SOUND: StoreFigures = {
  kind: 'item',
  prefix: '',
  finished: true,
  verified: true,
  records: 10,
  withoutDataKey: 2,
  bodiesRead: 0,
  withoutDataKeyExpected: false,
  dataKeys: 8,
  foreign: 0,
  remaining: 0,
  lookAlikes: 0,
};
const codes = (changes: Partial<StoreFigures>): readonly string[] => {
  const verdict = storeVerdict({ ...SOUND, ...changes });
  return verdict.kind === 'not-proven' ? verdict.doubts.map(({ code }) => code) : [verdict.kind];
};

describe('the verdict on a store', () => {
  it.each<[string, Partial<StoreFigures>, readonly string[]]>([
    ['every data key was opened, whatever records hold none', {}, ['proven']],
    ["some data keys are another key's, as KMS has said", { foreign: 3 }, ['proven']],
    ['there is no record at all', { records: 0, withoutDataKey: 0, dataKeys: 0 }, ['empty']],
    ['a unit did not end', { finished: false }, ['incomplete']],
    ['it was a part', { narrowedTo: 'items where a = 1' }, ['narrowed']],
    ['nobody verified', { verified: false }, ['not-verified']],
    ['a data key is in doubt', { remaining: 1 }, ['remaining']],
    ['KMS contradicts the journal', { contradicted: 1 }, ['journal-contradicted']],
    ['a value elsewhere looks like a data key', { lookAlikes: 1 }, ['look-alikes']],
    ['records hold no data key', { dataKeys: 0, withoutDataKey: 10 }, ['no-data-key-found']],
    ["every data key is another key's", { foreign: 8 }, ['all-foreign']],
    ['objects hold none in their metadata', { kind: 'object' }, ['objects-without-data-key']],
    ['one of these bodies was not read', { kind: 'object', bodiesRead: 1 }, ['objects-without-data-key']],
    ['objects hold none, their bodies included', { kind: 'object', bodiesRead: 2 }, ['proven']],
    ['such objects are expected', { kind: 'object', withoutDataKeyExpected: true }, ['proven']],
    [
      'nothing is under a prefix',
      { kind: 'object', prefix: '/2026/', records: 0, withoutDataKey: 0, dataKeys: 0 },
      ['nothing-there'],
    ],
    [
      'no item is in a part',
      { narrowedTo: 'x', records: 0, withoutDataKey: 0, dataKeys: 0 },
      ['narrowed', 'nothing-there'],
    ],
  ])('where %s', (_, changes, expected) => expect(codes(changes)).toEqual(expected));

  it('says every doubt, in words with a cure, and its count', () => {
    const seen = new Set<string>();
    const everything = [
      {
        finished: false,
        verified: false,
        remaining: 1,
        lookAlikes: 2,
        contradicted: 1,
        narrowedTo: 'x',
        foreign: 8,
        kind: 'object' as const,
      },
      { dataKeys: 0, withoutDataKey: 10 },
      { records: 0, dataKeys: 0, withoutDataKey: 0, kind: 'object' as const, prefix: 'p/' },
    ];
    for (const changes of everything) {
      const verdict = storeVerdict({ ...SOUND, ...changes });
      if (verdict.kind !== 'not-proven') throw new Error('is doubted');
      for (const { code, words } of verdict.doubts) {
        seen.add(code);
        expect(words.length).toBeGreaterThan(20);
      }
    }
    expect(seen).toEqual(new Set(DOUBT_CODES));
  });

  it('is never proven where something is in doubt, and never anything else where nothing is', () => {
    const small = fc.nat({ max: 3 });
    const figures = fc.record({
      kind: fc.constantFrom('item' as const, 'object' as const),
      prefix: fc.constantFrom('', 'p/'),
      finished: fc.boolean(),
      verified: fc.boolean(),
      withoutDataKey: small,
      bodiesRead: small,
      withoutDataKeyExpected: fc.boolean(),
      dataKeys: small,
      foreign: small,
      remaining: small,
      lookAlikes: small,
    });
    fc.assert(
      fc.property(figures, of => {
        const one = {
          ...of,
          records: of.dataKeys + of.withoutDataKey,
          foreign: Math.min(of.foreign, of.dataKeys),
          bodiesRead: Math.min(of.bodiesRead, of.withoutDataKey),
        };
        const proven =
          one.finished &&
          one.verified &&
          one.remaining + one.lookAlikes === 0 &&
          one.dataKeys > one.foreign &&
          (one.kind === 'item' || one.withoutDataKey === one.bodiesRead || one.withoutDataKeyExpected);
        expect(storeVerdict(one).kind === 'proven').toBe(proven);
      }),
    );
  });
});

describe('the verdict on a run', () => {
  const [proven, empty] = [{ kind: 'proven' }, { kind: 'empty' }] as const;
  const doubt = (code: 'not-verified' | 'look-alikes') =>
    ({ kind: 'not-proven', doubts: [{ code, words: 'x' }] }) as const;
  type Figures = readonly [Judged['stores'][number]['verdict'], Judged['stores'][number]['concluding']?];
  const judgedOf = (mode: Judged['mode'], ...stores: readonly Figures[]): Judged => ({
    state: 'succeeded',
    mode,
    stores: stores.map(([verdict, concluding = { 'already-current': 1 }]) => ({ verdict, concluding })),
  });
  const of = (mode: Judged['mode'], ...stores: readonly Figures[]): RunVerdict =>
    runVerdict(judgedOf(mode, ...stores));
  const left = (count: number, ...others: readonly Doubt[]) =>
    ({
      kind: 'not-proven',
      doubts: [{ code: 'not-verified', words: 'x' }, { code: 'remaining', count, words: 'x' }, ...others],
    }) as const;

  it.each<[string, Judged, RunVerdict, number]>([
    ['every store is proven', judgedOf('migrate', [proven], [proven]), 'proven', EXIT.done],
    ['one is empty', judgedOf('verify', [proven], [empty, {}]), 'proven', EXIT.done],
    ['all are empty', judgedOf('migrate', [empty, {}]), 'empty', EXIT.done],
    ['one is not proven', judgedOf('migrate', [proven], [doubt('look-alikes')]), 'not-proven', EXIT.left],
    [
      "a data key is another key's",
      judgedOf('migrate', [proven, { 'foreign-key': 1 }]),
      'not-proven',
      EXIT.left,
    ],
    [
      'a verify pass finds some left',
      judgedOf('verify', [left(1), { 'to-rewrap': 1 }]),
      'not-proven',
      EXIT.left,
    ],
    ['a census has nothing to do', judgedOf('census', [doubt('not-verified')]), 'nothing-to-do', EXIT.done],
    [
      'a census has counted what is to do, and nothing else is open',
      judgedOf('census', [left(2), { 'to-rewrap': 2, 'already-current': 5 }], [empty, {}]),
      'counted',
      EXIT.done,
    ],
    [
      'a census could not read one data key',
      judgedOf('census', [left(3), { 'to-rewrap': 2, unreadable: 1 }]),
      'counted',
      EXIT.left,
    ],
    [
      "a census found another key's data key, which a migration would leave",
      judgedOf('census', [left(2), { 'to-rewrap': 2, 'foreign-key': 1 }]),
      'counted',
      EXIT.left,
    ],
    [
      'a census has something to do, and one store has a doubt',
      judgedOf('census', [left(2), { 'to-rewrap': 2 }], [doubt('look-alikes')]),
      'counted',
      EXIT.left,
    ],
    [
      'a census saw a part only',
      judgedOf('census', [left(2, { code: 'narrowed', words: 'x' }), { 'to-rewrap': 2 }]),
      'counted',
      EXIT.left,
    ],
    [
      'more remains than a census has to do',
      judgedOf('census', [left(3), { 'to-rewrap': 2 }]),
      'counted',
      EXIT.left,
    ],
    ['a census doubts', judgedOf('census', [doubt('look-alikes')]), 'counted', EXIT.left],
    [
      'a rollback is complete',
      judgedOf('rollback', [doubt('not-verified'), { restored: 1 }]),
      'restored',
      EXIT.done,
    ],
    [
      'a rollback is not',
      judgedOf('rollback', [doubt('not-verified'), { blocked: 1 }]),
      'not-restored',
      EXIT.left,
    ],
  ])('where %s', (_, judged, expected, code) => {
    const verdict = runVerdict(judged);
    expect([verdict, exitCodeOf({ ...judged, verdict })]).toEqual([expected, code]);
  });

  it('is failed if the run did not end, whatever its stores look like', () => {
    const judged = { ...judgedOf('migrate', [proven, {}]), state: 'failed' } as const;
    const verdict = runVerdict(judged);
    expect([verdict, exitCodeOf({ ...judged, verdict })]).toEqual(['failed', EXIT.failed]);
  });

  it('is proven with outcomes that leave nothing to do, and with no other', () => {
    for (const kind of OUTCOME_KINDS) {
      const settled = ['rewrapped', 'already-current', 'restored', 'already-restored'].includes(kind);
      expect(of('verify', [proven, { [kind]: 1 }])).toBe(settled ? 'proven' : 'not-proven');
    }
  });
});
