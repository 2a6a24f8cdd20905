import { planText } from '../../cli/render/terminal.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { costPart } from '../../lambda/core/report/page/cost.ts';
import { estimate } from '../../lambda/core/plan/estimate.ts';
import { job, NEW_KEY, OLD_KEY } from '../support/builders.ts';
import { planAfter, type After } from '../support/plan-after.ts';
import { REQUEST } from '../support/plan-ports.ts';
import { demoReport } from '../support/report-scenes.ts';

interface Left {
  readonly records?: number;
  readonly dataKeys?: number;
  /** Data keys by key material. */
  readonly after?: Readonly<Record<string, number>>;
}

/** The table's own count is newer. */
const LONG_AGO = new Date(REQUEST.now - 90 * 24 * 3_600_000).toISOString();

/** The report of the finished run, whose one store is left with data keys under these materials of the destination key. */
function reported({ records = 2_000, dataKeys = 2_000, after = { now: 2_000 } }: Left = {}): Report {
  const report = demoReport();
  const keyMaterials = [
    { keyArn: OLD_KEY, keyMaterialId: 'old', before: 2_000, after: 0 },
    ...Object.entries(after).map(([keyMaterialId, count]) => ({
      ...{ keyArn: NEW_KEY, keyMaterialId, before: 0, after: count },
    })),
  ];
  return {
    ...report,
    endedAt: LONG_AGO,
    stores: [{ ...report.stores[0]!, records, dataKeys, keyMaterials }],
  };
}

const planOf = async (after: After): Promise<RunPlan> => (await planAfter(after)).plan;

describe('the estimate of a run that rests on a journal', () => {
  it('says what the run asks at most, and what it asks if that journal proves what it proved', async () => {
    const { estimate } = await planOf({ report: reported() });
    // One in a hundred and the first one of each of three units, in two passes.
    expect(estimate).toMatchObject({ kmsRequests: 2_020, resting: { proven: 2_000, kmsRequests: 46 } });
    const { resting, usd } = estimate;
    expect(resting?.usd).toMatchObject({ reads: usd.reads, writes: 0 });
    expect(resting?.usd.total).toBeLessThan(usd.total / 10);
    expect(resting?.seconds).toBe(1);
  });

  it('is of one pass in the mode verify', async () => {
    const { estimate } = await planOf({ report: reported(), input: { mode: 'verify' } });
    expect(estimate).toMatchObject({ kmsRequests: 2_000, resting: { kmsRequests: 23 } });
  });

  it('counts as proven what was left under the current key material alone', async () => {
    const materials = [{ keyArn: NEW_KEY, keyMaterialId: 'now', state: 'CURRENT' }];
    const half = reported({ after: { now: 1_000, before: 1_000 } });
    const { estimate } = await planOf({ report: half, materials });
    expect(estimate.resting).toMatchObject({ proven: 1_000, kmsRequests: 1_036 });
    expect(estimate.resting?.usd.writes).toBeCloseTo(estimate.usd.writes / 2);
    const rotated = await planOf({ report: reported({ after: { before: 2_000 } }), materials });
    expect(rotated.estimate).toMatchObject({ kmsRequests: 2_020 });
    expect(rotated.estimate.resting).toBeUndefined();
  });

  it('counts what was written since as not proven, and no record twice where it has several data keys', async () => {
    const grown = await planOf({
      report: reported({ records: 1_500, dataKeys: 1_500, after: { now: 1_500 } }),
    });
    expect(grown.estimate.resting?.proven).toBe(1_500);
    const several = await planOf({ report: reported({ dataKeys: 50_000, after: { now: 25_000 } }) });
    expect(several.estimate.resting?.proven).toBe(1_000);
    const shrunk = await planOf({
      report: reported({ records: 9_000, dataKeys: 9_000, after: { now: 9_000 } }),
    });
    expect(shrunk.estimate.resting?.proven).toBe(2_000);
  });

  it.each<[string, After]>([
    ['rests on none', { report: reported(), input: { askAll: true } }],
    [
      'rests on the journal of a route that names no key material',
      { report: { ...reported(), route: { type: 'decrypt-encrypt', why: '' } } },
    ],
  ])('is one figure where the run %s', async (_, after) => {
    const plan = await planOf(after);
    expect(plan.estimate.resting).toBeUndefined();
  });

  it('loses the expectation with the journal, where it goes on from a run that did not rest on it', async () => {
    const plan = await planOf({ report: reported(), ...unfinished() });
    expect([plan.continues, plan.restsOn, plan.estimate.resting]).toEqual([['done'], undefined, undefined]);
  });

  it('takes what that run has counted where its table says less for some hours, and not later', async () => {
    const ended = (hoursAgo: number): Report => ({
      ...reported(),
      endedAt: new Date(REQUEST.now - hoursAgo * 3_600_000).toISOString(),
    });
    const fresh = await planOf({ report: ended(5), items: 1_900 });
    expect(fresh.estimate).toMatchObject({ dataKeys: 2_000, resting: { proven: 2_000 } });
    const empty = await planOf({ report: ended(5), items: 0 });
    expect(empty.estimate).toMatchObject({ dataKeys: 2_000, kmsRequests: 2_020, resting: { proven: 2_000 } });
    const old = await planOf({ report: ended(7), items: 1_900 });
    expect(old.estimate).toMatchObject({ dataKeys: 1_900, resting: { proven: 1_900 } });
  });

  it.each([
    ['has expired', {}],
    ['cannot be read', { report: new Error('AccessDenied') }],
  ])('does without the report of that run where it %s, and says so', async (_, after) => {
    const plan = await planOf(after);
    expect(plan).toMatchObject({ restsOn: ['done'], estimate: { kmsRequests: 2_020 } });
    expect(planText(plan)).toMatch(
      /^at most about 2,020 KMS requests, .*\nless where the journal of done proves/m,
    );
  });

  it('is shown as a bound and an expectation', async () => {
    const text = planText(await planOf({ report: reported() }));
    expect(text).toMatch(/^at most about 2,020 KMS requests, 5 s, .*$/m);
    expect(text).toMatch(
      /^about 46 KMS requests, 1 s, .*writes \$0\.0000, if the journal of done proves the 2,000 data keys that it proved before$/m,
    );
    expect(text).toMatch(/^calls KMS at most: kms:ReEncrypt 1\.01 per data key$/m);
  });

  it('stands in two columns beside what the run took', async () => {
    const { estimate } = await planOf({ report: reported() });
    const page = costPart({ ...demoReport(), estimate });
    expect(page).toContain('Estimate at most');
    expect(page).toContain('the estimate if the journal proves 2,000 data keys, as it did before');
    expect(page).toMatch(/KMS requests<.*2,020<.*46</);
    const { resting: _resting, ...asked } = estimate;
    expect(costPart({ ...demoReport(), estimate: asked })).not.toContain('Estimate at most');
  });
});

describe('the time of a verify pass', () => {
  const seconds = (of: Partial<Parameters<typeof estimate>[0]>): number =>
    estimate({
      ...{ job: job(), mode: 'migrate', limits: job().limits, route: 'direct' },
      counts: [{ store: 0, records: 10_000, bytes: 10_000 * 4_096 }],
      ...of,
    }).seconds;

  it('is that of the reads that it leaves to the applications of a table', () => {
    expect(seconds({ mode: 'verify', verifyReads: { 'us-east-1/Orders': 50 } })).toBe(200);
    expect(seconds({ mode: 'census', verifyReads: { 'us-east-1/Orders': 50 } })).toBe(20);
  });

  it('is that of a visit for each object, however few it asks about', () => {
    const stores = [{ ...job().stores[0]!, type: 's3', bucket: 'orders' } as never];
    // 20 s of the migrate pass, and as many of the pass that asks about one in a hundred.
    expect(seconds({ job: job({ stores }) })).toBe(40);
  });
});

/** The latest run did not finish, and rested on nothing. */
function unfinished(): After {
  return {
    latest: { finished: false },
    atWork: true,
    earlier: { units: 3, contradictions: 0 },
  };
}
