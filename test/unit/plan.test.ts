import fc from 'fast-check';
import { RunRefused } from '../../lambda/core/model/errors.ts';
import type { ScanRange } from '../../lambda/core/model/run.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import type { KeyCatalog, KeyDescription, KeyLookup, StoreCatalog } from '../../lambda/core/plan/ports.ts';
import { segments } from '../../lambda/core/plan/segments.ts';
import { splitKeyRange } from '../../lambda/core/plan/split-key-range.ts';
import { compareUtf8 } from '../../lambda/core/scan/utf8-order.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { job, NEW_KEY, OLD_KEY } from '../support/builders.ts';

type KeyRange = Extract<ScanRange, { type: 'key-range' }>;

/** A bucket's listing over a sorted array, in pages of 1,000 as S3 gives them; counts its calls. */
function listing(keys: readonly string[], pageSize = 1000) {
  const sorted = [...keys].sort(compareUtf8);
  const calls: (string | undefined)[] = [];
  const list = ({ startAfter }: { readonly startAfter?: string }) => {
    calls.push(startAfter);
    const rest = startAfter === undefined ? sorted : sorted.slice(firstAfter(sorted, startAfter));
    return Promise.resolve({ keys: rest.slice(0, pageSize), truncated: rest.length > pageSize });
  };
  return { list, calls, sorted };
}

function firstAfter(sorted: readonly string[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareUtf8(sorted[middle]!, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inside(range: KeyRange, key: string): boolean {
  return (
    (range.startAfter === undefined || compareUtf8(key, range.startAfter) > 0) &&
    (range.endAt === undefined || compareUtf8(key, range.endAt) <= 0)
  );
}

describe('cutting a bucket into key ranges', () => {
  it('puts every key into exactly one range, whatever the keys', async () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      fc.stringMatching(/^20(2[0-6])\/[01][0-9]\/[a-f0-9]{6}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 400 }),
        fc.integer({ min: 1, max: 9 }),
        async (keys, workers) => {
          const { list } = listing(keys, 10);
          const { ranges } = await splitKeyRange(list, workers);
          for (const one of keys)
            expect(ranges.filter(range => inside(range as KeyRange, one))).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [
      'hexadecimal ids',
      (index: number) => ((index * 2654435761) >>> 0).toString(16).padStart(8, '0') + String(index),
    ],
    [
      'dates',
      (index: number) =>
        `2026/${String((index % 12) + 1).padStart(2, '0')}/${String((index % 28) + 1).padStart(2, '0')}/${index}`,
    ],
    [
      'one long common prefix',
      (index: number) => `tenants/acme/orders/archive/${String(index).padStart(9, '0')}.json`,
    ],
    [
      'Japanese names',
      (index: number) =>
        `注文/${String.fromCodePoint(0x3042 + (index % 80))}${String.fromCodePoint(0x30a2 + ((index >> 6) % 80))}${index}`,
    ],
  ])('cuts 60,000 keys of %s into ranges of like size, in few listings', async (_, nameOf) => {
    const { list, calls, sorted } = listing(Array.from({ length: 60_000 }, (__, index) => nameOf(index)));
    const { ranges, keys } = await splitKeyRange(list, 8);
    const sizes = ranges.map(range => {
      const { startAfter, endAt } = range as KeyRange;
      return (
        (endAt === undefined ? sorted.length : firstAfter(sorted, endAt)) -
        (startAfter === undefined ? 0 : firstAfter(sorted, startAfter))
      );
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(60_000);
    // A worker's fair share is 7,500: no unit may be so large that one worker is left alone with it.
    expect(Math.max(...sizes)).toBeLessThan(7_500);
    expect(calls.length).toBeLessThan(400);
    expect(keys).toBeGreaterThan(30_000);
    expect(keys).toBeLessThan(120_000);
  });

  it('makes one range of a bucket that is not worth cutting', async () => {
    const { list, calls } = listing(['a', 'b']);
    expect(await splitKeyRange(list, 16)).toEqual({ ranges: [{ type: 'key-range' }], keys: 2 });
    expect(calls).toHaveLength(1);
  });

  it('makes one range of an empty bucket', async () => {
    expect(await splitKeyRange(listing([]).list, 16)).toEqual({ ranges: [{ type: 'key-range' }], keys: 0 });
  });
});

describe('cutting a table into segments', () => {
  it.each([
    [{ itemCount: 0, sizeBytes: 0 }, 16, 16],
    [{ itemCount: 100, sizeBytes: 10_000 }, 16, 1],
    [{ itemCount: 2_000, sizeBytes: 600_000 }, 16, 8],
    [{ itemCount: 100_000, sizeBytes: 3e7 }, 16, 16],
    [{ itemCount: 10_000_000, sizeBytes: 3e9 }, 16, 200],
    [{ itemCount: 1_000_000, sizeBytes: 4e11 }, 16, 187],
    [{ itemCount: 9e9, sizeBytes: 1e13 }, 16, 10_000],
  ])('gives a table of %j with %d workers %d segments', (table, workers, count) => {
    const cut = segments(table, workers);
    expect(cut).toHaveLength(count);
    expect(new Set(cut.map(range => JSON.stringify(range))).size).toBe(count);
  });
});

describe('planning a run', () => {
  const key = (arn: string, changes: Partial<KeyDescription> = {}): KeyLookup => ({
    kind: 'found',
    key: {
      arn,
      state: 'Enabled',
      usage: 'ENCRYPT_DECRYPT',
      spec: 'SYMMETRIC_DEFAULT',
      multiRegion: false,
      ...changes,
    },
  });
  const keys = (changes: Partial<KeyCatalog> = {}): KeyCatalog => ({
    describeKey: arn => Promise.resolve(key(arn)),
    mayReEncrypt: () => Promise.resolve({ kind: 'allowed' }),
    ...changes,
  });
  const stores = (changes: Partial<StoreCatalog> = {}): StoreCatalog => ({
    describeTable: () =>
      Promise.resolve({
        kind: 'found',
        description: {
          itemCount: 2_000,
          sizeBytes: 600_000,
          streamEnabled: false,
          replicaRegions: [],
          pointInTimeRecovery: false,
        },
      }),
    describeBucket: () =>
      Promise.resolve({ kind: 'found', description: { versioned: false, accessControlLists: false } }),
    listKeys: () => Promise.resolve({ keys: [], truncated: false }),
    ...changes,
  });
  const request = {
    runId: 'run-1',
    input: { job: 'orders', mode: 'migrate' },
    jobs: [job()],
    formats,
    now: Date.UTC(2026, 10, 21),
  };

  async function refusal(
    ports: { keys: KeyCatalog; stores: StoreCatalog },
    input: unknown = request.input,
  ): Promise<string> {
    return planRun({ ...request, input }, ports).then(
      () => 'not refused',
      (error: unknown) => (error instanceof RunRefused ? error.message : String(error)),
    );
  }

  it('resolves keys, cuts stores, and never has more workers than units', async () => {
    const { plan, units } = await planRun(request, { keys: keys(), stores: stores() });
    expect(plan).toMatchObject({
      sourceKeyArns: [OLD_KEY],
      destinationKeyArn: NEW_KEY,
      units: 4,
      workers: 4,
      pageSize: 500,
      verify: true,
    });
    expect(units.map(({ unitId }) => unitId)).toEqual(['u00001', 'u00002', 'u00003', 'u00004']);
  });

  it('has no more workers than requests a second: a worker with less would never finish a page', async () => {
    const slow = { ...request.input, limits: { kmsRequestsPerSecond: 2 } };
    const { plan } = await planRun({ ...request, input: slow }, { keys: keys(), stores: stores() });
    expect(plan).toMatchObject({ units: 4, workers: 2, pageSize: 20 });
  });

  it('uses the key that an alias names at this moment', async () => {
    const aliased = job({ source: { keys: ['arn:aws:kms:us-east-1:111122223333:alias/old'] } });
    const catalog = keys({ describeKey: arn => Promise.resolve(key(arn.includes('alias') ? OLD_KEY : arn)) });
    const { plan } = await planRun({ ...request, jobs: [aliased] }, { keys: catalog, stores: stores() });
    expect(plan.sourceKeyArns).toEqual([OLD_KEY]);
  });

  it('estimates requests, time and charges of both passes', async () => {
    const { plan } = await planRun(request, { keys: keys(), stores: stores() });
    expect(plan.estimate).toMatchObject({ dataKeys: 2_000, kmsRequests: 4_000, seconds: 8 });
    expect(plan.estimate.usd.kms).toBeCloseTo(0.012);
    expect(plan.estimate.usd.total).toBeGreaterThan(plan.estimate.usd.kms);
  });

  it.each([
    ['is disabled', { state: 'Disabled' }, 'is disabled; enable it for the time of the run'],
    ['is pending deletion', { state: 'PendingDeletion' }, 'is pending deletion; cancel the deletion'],
    ['has lost its imported material', { state: 'PendingImport' }, 'has no usable key material'],
    ['signs', { usage: 'SIGN_VERIFY' }, 'has the key usage SIGN_VERIFY'],
    ['is asymmetric', { spec: 'RSA_2048' }, 'has the key spec RSA_2048'],
  ])('refuses a key that %s', async (_, changes, words) => {
    const catalog = keys({
      describeKey: arn => Promise.resolve(arn === OLD_KEY ? key(arn, changes) : key(arn)),
    });
    expect(await refusal({ keys: catalog, stores: stores() })).toContain(
      `source.keys[0] = "${OLD_KEY}": ${words}`,
    );
  });

  it('refuses keys that do not exist, may not be described or not be used, and stores that are not there', async () => {
    expect(
      await refusal({
        keys: keys({ describeKey: () => Promise.resolve({ kind: 'not-found' }) }),
        stores: stores(),
      }),
    ).toContain('is no key that KMS knows in this Region');
    expect(
      await refusal({
        keys: keys({ describeKey: () => Promise.resolve({ kind: 'denied', message: 'no' }) }),
        stores: stores(),
      }),
    ).toContain('may not be described by this role (no); allow kms:DescribeKey');
    expect(
      await refusal({
        keys: keys({ mayReEncrypt: () => Promise.resolve({ kind: 'denied', message: 'no' }) }),
        stores: stores(),
      }),
    ).toContain('allow kms:ReEncryptFrom');
    expect(
      await refusal({
        keys: keys(),
        stores: stores({ describeTable: () => Promise.resolve({ kind: 'not-found' }) }),
      }),
    ).toContain('stores[0] = "dynamodb:Orders": there is no such table in this account and Region');
  });

  it('says all that is wrong at once, a line each', async () => {
    const words = await refusal({
      keys: keys({ describeKey: () => Promise.resolve({ kind: 'not-found' }) }),
      stores: stores({ describeTable: () => Promise.resolve({ kind: 'not-found' }) }),
    });
    expect(words.split('\n')).toHaveLength(3);
  });

  it('warns of what a run sets off: streams, replicas, backups', async () => {
    const busy = stores({
      describeTable: () =>
        Promise.resolve({
          kind: 'found',
          description: {
            itemCount: 1,
            sizeBytes: 1,
            streamEnabled: true,
            replicaRegions: ['eu-west-1'],
            pointInTimeRecovery: true,
          },
        }),
    });
    const { plan } = await planRun(request, { keys: keys(), stores: busy });
    expect(plan.warnings.join('\n')).toMatch(/stream record[\s\S]*eu-west-1[\s\S]*35 days/);
  });
});
