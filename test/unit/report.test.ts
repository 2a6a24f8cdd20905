import fc from 'fast-check';
import { addBooks, booksBalance, EMPTY_BOOKS, pageBooks } from '../../lambda/core/account/books.ts';
import type { OutcomeEntry } from '../../lambda/core/journal/entries.ts';
import type { Books, UnitProgress } from '../../lambda/core/model/books.ts';
import { OUTCOME_KINDS, type OutcomeKind } from '../../lambda/core/model/outcome.ts';
import { conclusion } from '../../lambda/core/report/conclusion.ts';
import { judged } from '../../lambda/core/report/earlier-report.ts';
import { foldReport } from '../../lambda/core/report/fold.ts';
import { reportHtml } from '../../lambda/core/report/html.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { EXIT, exitCodeOf } from '../../cli/context/exit-codes.ts';
import { NEW_KEY, OLD_KEY, plan } from '../support/builders.ts';

const entry = (outcome: OutcomeKind, changes: Partial<OutcomeEntry> = {}): OutcomeEntry => ({
  schema: 3,
  store: 'dynamodb:Orders',
  locator: 'x',
  slot: 'edk',
  outcome,
  ...changes,
});
const NO_KMS = { requests: 0, throttled: 0 };
const books = (entries: readonly OutcomeEntry[], remaining = 0): Books =>
  pageBooks({ withoutDataKey: 0, records: entries.length, entries, remaining, kms: NO_KMS });
const unit = (phase: 'migrate' | 'verify', of: Books, done = true): UnitProgress => ({
  runId: 'run-1',
  unitId: 'u00001',
  phase,
  store: 0,
  pages: 1,
  done,
  books: of,
});

async function* from(units: readonly UnitProgress[]): AsyncGenerator<UnitProgress> {
  yield* await Promise.resolve(units);
}

const fold = (
  units: readonly UnitProgress[],
  changes: Parameters<typeof plan>[0] = {},
  error?: string,
): Promise<Report> =>
  foldReport({
    plan: plan(changes),
    units: from(units),
    endedAt: '2026-11-21T00:01:00.000Z',
    files: { run: 's3://run/', journal: 's3://journal/' },
    ...(error !== undefined && { error }),
  });

describe('the books', () => {
  it('balance however they are added up', () => {
    const entries = fc.array(
      fc.constantFrom(...OUTCOME_KINDS).map(kind => entry(kind)),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 10 }), pages => {
        const sum = pages.map(page => books(page)).reduce(addBooks, EMPTY_BOOKS);
        expect(booksBalance(sum)).toBe(true);
        expect(sum.dataKeys).toBe(pages.flat().length);
      }),
    );
  });

  it('name a hundred failures at most, and count all of them', () => {
    const many = Array.from({ length: 250 }, () => entry('unreadable', { reason: 'corrupt' }));
    const sum = addBooks(books(many), books(many));
    expect(sum.failures).toHaveLength(100);
    expect(sum.outcomes).toEqual({ unreadable: 500 });
  });
});

describe('a report', () => {
  const moved = entry('rewrapped', {
    source: { keyArn: OLD_KEY, keyMaterialId: 'a' },
    destination: { keyArn: NEW_KEY, keyMaterialId: 'b' },
  });
  const current = entry('already-current', { source: { keyArn: NEW_KEY, keyMaterialId: 'b' } });

  it('says that nothing is left when the verify pass found nothing left', async () => {
    const report = await fold([
      unit('migrate', books([moved, moved])),
      unit('verify', books([current, current])),
    ]);
    expect(report).toMatchObject({
      state: 'succeeded',
      remaining: 0,
      stores: [{ complete: true, dataKeys: 2, outcomes: { rewrapped: 2 } }],
    });
    expect(report.keyMaterials).toEqual([
      { keyArn: OLD_KEY, keyMaterialId: 'a', before: 2, after: 0 },
      { keyArn: NEW_KEY, keyMaterialId: 'b', before: 0, after: 2 },
    ]);
    expect(exitCodeOf(report)).toBe(EXIT.done);
    expect(conclusion(report).tone).toBe('good');
  });

  it('takes the count after from the verify pass, not from what the migrate pass believes', async () => {
    const report = await fold([
      unit('migrate', books([moved, moved])),
      unit('verify', books([current, entry('to-rewrap', { reason: 'not under the destination key' })], 1)),
    ]);
    expect(report.keyMaterials.find(({ keyArn }) => keyArn === NEW_KEY)).toMatchObject({ after: 1 });
    expect(report.remaining).toBe(1);
    expect(exitCodeOf(report)).toBe(EXIT.left);
  });

  it('counts every outcome that may need a source key, whatever an earlier version counted as remaining', async () => {
    const report = await fold([
      unit('migrate', books([moved, entry('unreadable', { reason: 'corrupt' })])),
      unit('verify', books([current, entry('unreadable', { reason: 'corrupt' })], 0)),
    ]);
    expect(report.remaining).toBe(1);
    expect(report.stores).toMatchObject([
      { remaining: 1, verdict: { kind: 'not-proven', doubts: [{ code: 'remaining', count: 1 }] } },
    ]);
  });

  it('names the first records without a data key, and counts all of them', async () => {
    const plain = Array.from({ length: 30 }, (_, index) => `plain ${index}`);
    const without = { ...books([current]), records: 31, withoutDataKey: 30, withoutDataKeyFirst: plain };
    const report = await fold([unit('migrate', books([moved])), unit('verify', without)]);
    expect(report.stores[0]).toMatchObject({ withoutDataKey: 30, withoutDataKeyFirst: plain.slice(0, 10) });
    // Object keys may contain spaces, so each has its own line.
    expect(reportHtml(report)).toContain('<code>plain 8</code><br><code>plain 9</code>');
  });

  it.each([
    [
      'a unit did not come to its end',
      [unit('migrate', books([moved])), unit('verify', books([current]), false)],
      undefined,
    ],
    ['a unit has no result at all', [unit('migrate', books([moved]))], undefined],
    [
      'the run ended with an error',
      [unit('migrate', books([moved])), unit('verify', books([current]))],
      'PremiseBroken: key disabled',
    ],
  ])('has remaining null, never 0, when %s', async (_, units, error) => {
    const report = await fold(units, {}, error);
    expect(report).toMatchObject({ state: 'failed', remaining: null });
    expect(exitCodeOf(report)).toBe(EXIT.failed);
  });

  it('counts what another writer has moved as settled only if nothing is left', async () => {
    const moved = unit('migrate', books([entry('moved-by-another-writer', { reason: 'raced' })]));
    const proven = await fold([moved, unit('verify', books([entry('already-current')]))]);
    expect([exitCodeOf(proven), conclusion(proven).tone]).toEqual([EXIT.done, 'good']);
    const left = await fold([moved, unit('verify', books([entry('to-rewrap', { reason: 'old' })], 1))]);
    expect(exitCodeOf(left)).toBe(EXIT.left);
    const unverified = await fold([moved], { verify: false });
    expect(exitCodeOf(unverified)).toBe(EXIT.left);
  });

  it('says of each store what remains there, and under which key materials its data keys are', async () => {
    const source = { keyArn: OLD_KEY, keyMaterialId: 'old' };
    const destination = { keyArn: NEW_KEY, keyMaterialId: 'new' };
    const moved = entry('rewrapped', { source, destination });
    const left = entry('blocked', { source, reason: 'locked' });
    const current = entry('already-current', { source: destination });
    const seen = [
      unit('migrate', books([moved, left])),
      { ...unit('migrate', books([moved])), store: 1 },
      unit('verify', books([current, entry('to-rewrap', { reason: 'not under the destination key' })], 1)),
      { ...unit('verify', books([current])), store: 1 },
    ];
    const [store] = plan().stores;
    const report = await fold(seen, { stores: [store!, store!], units: 2, unitsPerStore: [1, 1] });
    expect(report.stores.map(({ remaining }) => remaining)).toEqual([1, 0]);
    expect(report.stores[0]?.keyMaterials).toEqual([
      { ...source, before: 2, after: 1 },
      { ...destination, before: 0, after: 1 },
    ]);
    const stopped = await fold(
      seen,
      { stores: [store!, store!], units: 2, unitsPerStore: [1, 1] },
      'stopped',
    );
    expect(stopped.stores.map(({ remaining }) => remaining)).toEqual([null, null]);
  });

  it('has remaining null if the job turns verify off', async () => {
    const report = await fold([unit('migrate', books([moved]))], { verify: false });
    expect(report).toMatchObject({ state: 'succeeded', remaining: null });
    expect(conclusion(report).title).toBe('Finished, not verified');
  });

  it('counts what there is to do in a census', async () => {
    const report = await fold(
      [unit('migrate', books([entry('to-rewrap', { source: { keyArn: OLD_KEY } }), current], 1))],
      { mode: 'census', verify: false },
    );
    expect(report.remaining).toBe(1);
    expect(conclusion(report).title).toBe('1 data key to re-wrap');
  });

  it('names what only the verify pass found, and nothing twice', async () => {
    const bad = entry('unreadable', { reason: 'corrupt' });
    const report = await fold([
      unit('migrate', books([bad, moved])),
      unit('verify', books([bad, entry('to-rewrap', { locator: 'y', reason: 'late writer' })], 1)),
    ]);
    expect(report.failures.map(({ locator }) => locator)).toEqual(['x', 'y']);
  });

  it('says what the verify pass found about the records that the migrate pass named', async () => {
    const bad = (locator: string, outcome: OutcomeKind, reason = 'wrong context') =>
      entry(outcome, { locator, reason });
    const report = await fold([
      unit('migrate', books([bad('old', 'unreadable'), bad('garbage', 'unreadable')])),
      unit('verify', books([bad('old', 'to-rewrap', 'not under it'), bad('garbage', 'unreadable')], 1)),
    ]);
    expect(report.failures.map(({ reason }) => reason)).toEqual([
      'wrong context; verify: not under it',
      'wrong context',
    ]);
  });

  it('of a narrowed run says so, and never that a store is finished', async () => {
    const report = await fold([unit('migrate', books([moved])), unit('verify', books([current]))], {
      sample: 100,
    });
    expect(report).toMatchObject({ state: 'succeeded', remaining: null, remainingInScope: 0 });
    expect(report.stores).toMatchObject([{ complete: false, narrowedTo: 'the first 100 records' }]);
    expect(conclusion(report)).toMatchObject({
      tone: 'warn',
      text: expect.stringContaining('What the rest of the stores holds is not known'),
    });
    expect(exitCodeOf(report)).toBe(EXIT.left);
    expect(reportHtml(report)).toContain('only about the first 100 records');
  });

  it('of an earlier version, which did not count doubts, is not proven', async () => {
    const report = await fold([unit('migrate', books([moved])), unit('verify', books([current]))]);
    const { verdict: _, lookAlikes: _l, notChecked: _n, ...rest } = report;
    const [{ store, complete, records, dataKeys, outcomes, remaining, keyMaterials }] = report.stores as [
      Report['stores'][number],
    ];
    const stores = [{ store, complete, records, dataKeys, outcomes, remaining, keyMaterials }];
    const earlier = (changes: object): Report => judged({ ...rest, stores, ...changes });
    expect(exitCodeOf(earlier({}))).toBe(EXIT.left);
    expect(exitCodeOf(earlier({ state: 'failed' }))).toBe(EXIT.failed);
    expect(conclusion(earlier({})).title).toMatch(/^Not proven/);
    expect(conclusion(earlier({})).text).toContain('earlier version');
    expect(reportHtml(earlier({}))).toContain('earlier version');
    expect(judged(report)).toBe(report);
  });

  it('never says in its title that nothing is left, or nothing to do, if nothing was found', async () => {
    const plain: Books = { ...books([]), records: 3, withoutDataKey: 3 };
    const census = await fold([unit('migrate', plain)], { mode: 'census', verify: false });
    const part = await fold([unit('migrate', plain), unit('verify', plain)], { sample: 3 });
    const whole = await fold([unit('migrate', plain), unit('verify', plain)]);
    expect([census, part, whole].map(report => conclusion(report).title)).toEqual([
      '0 data keys to re-wrap were found, and there are doubts',
      'A part of the stores, and it is not proven',
      'Not proven: data keys may be left that this run did not see',
    ]);
    for (const report of [census, part, whole]) {
      expect(conclusion(report).text).toContain('no data key where the job looks for it');
      expect(exitCodeOf(report)).toBe(EXIT.left);
    }
  });

  it('of copies never says that nothing is left under the source keys', async () => {
    const report = await fold([unit('migrate', books([moved])), unit('verify', books([current]))], {
      keepsSource: true,
    });
    expect(conclusion(report).title).toBe('Every data key has its copy under the destination key');
    expect(conclusion(report).text).toContain('The source records keep theirs');
  });

  it('names the state and rotation date of every key material that KMS listed', async () => {
    const rotatedAt = '2026-02-01T00:00:00.000Z';
    const known = {
      keyArn: NEW_KEY,
      keyMaterialId: 'b',
      state: 'CURRENT',
      rotatedAt,
      rotationType: 'ON_DEMAND',
    };
    const report = await fold([unit('migrate', books([moved])), unit('verify', books([current]))], {
      keyMaterials: [known],
    });
    expect(report.keyMaterials.find(({ keyArn }) => keyArn === NEW_KEY)).toMatchObject({
      state: 'CURRENT',
      rotatedAt,
      rotationType: 'ON_DEMAND',
    });
    expect(report.keyMaterials.find(({ keyArn }) => keyArn === OLD_KEY)?.state).toBeUndefined();
    expect(reportHtml(report)).toContain(rotatedAt);
  });

  it('is not made of books that do not balance', async () => {
    await expect(fold([unit('migrate', { ...books([moved]), dataKeys: 2 })])).rejects.toThrow(
      'do not balance',
    );
  });

  it('shows names from stores as text, never as markup', async () => {
    const hostile = entry('unreadable', { locator: '<script>alert(1)</script>', reason: '"><img src=x>' });
    const html = reportHtml(
      await fold([unit('migrate', books([hostile])), unit('verify', books([hostile]))]),
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&#60;script&#62;');
  });
});

describe('the age of key material in a report', () => {
  const MATERIAL = { keyArn: OLD_KEY, keyMaterialId: 'm-1' };
  const left = books([entry('to-rewrap', { source: MATERIAL })]);
  const rotatedAt = '2025-01-01T00:00:00.000Z';
  const keyMaterials = [{ ...MATERIAL, state: 'NON_CURRENT', rotatedAt }];
  const aged = (mode: 'census' | 'rollback', maximumAgeDays?: number): Promise<Report> => {
    const { stores } = plan();
    const limited = maximumAgeDays === undefined ? stores : stores.map(one => ({ ...one, maximumAgeDays }));
    return fold([unit('migrate', left)], { mode, verify: false, stores: limited, keyMaterials });
  };

  it('is a warning and a figure of its store where the job limits it', async () => {
    const { stores, warnings } = await aged('census', 365);
    expect(stores[0]?.materialAge).toMatchObject({
      tooOld: 1,
      ageUnknown: 0,
      materials: [{ since: rotatedAt }],
    });
    expect(warnings).toEqual([expect.stringContaining('1 data key under key material older than')]);
    expect((await aged('census', 3_650)).warnings).toEqual([]);
  });

  it('is of no interest where the job does not, nor after a rollback', async () => {
    for (const report of [await aged('census'), await aged('rollback', 365)]) {
      expect(report.stores[0]).not.toHaveProperty('materialAge');
      expect(report.warnings).toEqual([]);
    }
  });
});
