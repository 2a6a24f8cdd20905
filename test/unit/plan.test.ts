import { RunRefused } from '../../lambda/core/model/errors.ts';
import { planRun, type PlanPorts, type PlanRequest } from '../../lambda/core/plan/plan-run.ts';
import type {
  KeyCatalog,
  KeyDescription,
  KeyLookup,
  RunHistory,
  StoreCatalog,
} from '../../lambda/core/plan/ports.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { job, NEW_KEY, OLD_KEY, planned, use } from '../support/builders.ts';

describe('planning a run', () => {
  const key = (arn: string, changes: Partial<KeyDescription> = {}): KeyLookup => ({
    kind: 'found',
    key: {
      arn,
      state: 'Enabled',
      usage: 'ENCRYPT_DECRYPT',
      spec: 'SYMMETRIC_DEFAULT',
      multiRegion: false,
      encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      ...changes,
    },
  });
  const keys = (changes: Partial<KeyCatalog> = {}): KeyCatalog => ({
    describeKey: arn => Promise.resolve(key(arn)),
    mayReEncrypt: () => Promise.resolve({ kind: 'allowed' }),
    keyMaterials: () => Promise.resolve([]),
    ...changes,
  });
  const stores = (changes: Partial<StoreCatalog> = {}): StoreCatalog => ({
    describeTable: () =>
      Promise.resolve({
        kind: 'found',
        description: {
          keyNames: ['id'],
          indexNames: [],
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
    plaintextAllowed: false,
    now: Date.UTC(2026, 10, 21),
  };

  interface Given {
    readonly keys?: KeyCatalog;
    readonly stores?: StoreCatalog;
    readonly history?: RunHistory;
  }

  const ports = (given: Given = {}): PlanPorts => ({
    keys: () => given.keys ?? keys(),
    stores: given.stores ?? stores(),
    history: given.history ?? { lastMigration: () => Promise.resolve(undefined) },
  });

  async function refusal(given: Given, changes: Partial<PlanRequest> = {}): Promise<string> {
    return planRun({ ...request, ...changes }, ports(given)).then(
      () => 'not refused',
      (error: unknown) => (error instanceof RunRefused ? error.message : String(error)),
    );
  }

  it('resolves keys, cuts stores, and never has more workers than units', async () => {
    const { plan, units } = await planRun(request, ports());
    expect(plan).toMatchObject({
      sources: [{ keyArn: OLD_KEY }],
      destination: { keyArn: NEW_KEY },
      route: { type: 'direct', why: 'all keys are in us-east-1' },
      units: 4,
      workers: 4,
      pageSize: 500,
      verify: true,
    });
    expect(units.map(({ unitId }) => unitId)).toEqual(['u00001', 'u00002', 'u00003', 'u00004']);
  });

  it('has no more workers than requests a second: a worker with less would never finish a page', async () => {
    const slow = { ...request.input, limits: { kmsRequestsPerSecond: 2 } };
    const { plan } = await planRun({ ...request, input: slow }, ports());
    expect(plan).toMatchObject({ units: 4, workers: 2, pageSize: 20 });
  });

  it('uses the key that an alias names at this moment', async () => {
    const aliased = job({ source: { keys: [use('arn:aws:kms:us-east-1:111122223333:alias/old')] } });
    const catalog = keys({ describeKey: arn => Promise.resolve(key(arn.includes('alias') ? OLD_KEY : arn)) });
    const { plan } = await planRun({ ...request, jobs: [aliased] }, ports({ keys: catalog }));
    expect(plan.sources).toEqual([
      planned(OLD_KEY, { alsoKnownAs: ['arn:aws:kms:us-east-1:111122223333:alias/old'] }),
    ]);
  });

  it('estimates requests, time and charges of both passes', async () => {
    const { plan } = await planRun(request, ports());
    expect(plan.estimate).toMatchObject({ dataKeys: 2_000, kmsRequests: 4_000, seconds: 8 });
    expect(plan.estimate.usd.kms).toBeCloseTo(0.012);
    expect(plan.estimate.usd.total).toBeGreaterThan(plan.estimate.usd.kms);
  });

  it.each([
    ['is disabled', { state: 'Disabled' }, 'is disabled; enable it for the time of the run'],
    ['is pending deletion', { state: 'PendingDeletion' }, 'is pending deletion; cancel the deletion'],
    ['has lost its imported material', { state: 'PendingImport' }, 'has no usable key material'],
    ['signs', { usage: 'SIGN_VERIFY' }, 'has the key usage SIGN_VERIFY'],
    ['is unavailable', { state: 'Unavailable' }, 'is unavailable: its custom key store is disconnected'],
    [
      'takes another algorithm',
      { spec: 'RSA_2048', encryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] },
      'has the key spec RSA_2048, which does not take SYMMETRIC_DEFAULT; write "encryptionAlgorithm": "RSAES_OAEP_SHA_1" or "RSAES_OAEP_SHA_256"',
    ],
  ])('refuses a key that %s', async (_, changes, words) => {
    const catalog = keys({
      describeKey: arn => Promise.resolve(arn === OLD_KEY ? key(arn, changes) : key(arn)),
    });
    expect(await refusal({ keys: catalog })).toContain(`source.keys[0] = "${OLD_KEY}": ${words}`);
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
    ).toContain('stores[0] = "dynamodb:Orders": there is no such table in this account and us-east-1');
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
            keyNames: ['id'],
            indexNames: [],
            itemCount: 1,
            sizeBytes: 1,
            streamEnabled: true,
            replicaRegions: ['eu-west-1'],
            pointInTimeRecovery: true,
          },
        }),
    });
    const { plan } = await planRun(request, ports({ stores: busy }));
    expect(plan.warnings.join('\n')).toMatch(/stream record[\s\S]*eu-west-1[\s\S]*35 days/);
  });
});
