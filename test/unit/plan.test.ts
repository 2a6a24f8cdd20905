import { planRun } from '../../lambda/core/plan/plan-run.ts';
import { job, NEW_KEY, OLD_KEY, planned, use } from '../support/builders.ts';
import { key, keys, ports, refusal, REQUEST, stores, table } from '../support/plan-ports.ts';

describe('planning a run', () => {
  it('resolves keys, cuts stores, and never has more workers than units', async () => {
    const { plan, units } = await planRun(REQUEST, ports());
    expect(plan).toMatchObject({
      sources: [{ keyArn: OLD_KEY }],
      destination: { keyArn: NEW_KEY },
      route: { type: 'direct', why: 'all keys are in us-east-1' },
      units: 4,
      workers: 4,
      pageSize: 500,
      verify: true,
    });
    expect(units.map(({ unitId }) => unitId)).toEqual(['u00001', 'u00003', 'u00002', 'u00004']);
  });

  it('has no more workers than requests a second, and leaves the size of pages to them', async () => {
    const slow = { ...(REQUEST.input as object), limits: { kmsRequestsPerSecond: 2 } };
    const { plan } = await planRun({ ...REQUEST, input: slow }, ports());
    expect(plan).toMatchObject({ units: 4, workers: 2, pageSize: 500 });
  });

  it('uses the key that an alias names at this moment', async () => {
    const aliased = job({ source: { keys: [use('arn:aws:kms:us-east-1:111122223333:alias/old')] } });
    const catalog = keys({ describeKey: arn => Promise.resolve(key(arn.includes('alias') ? OLD_KEY : arn)) });
    const { plan } = await planRun({ ...REQUEST, jobs: [aliased] }, ports({ keys: catalog }));
    expect(plan.sources).toEqual([
      planned(OLD_KEY, {
        ...{ alsoKnownAs: ['arn:aws:kms:us-east-1:111122223333:alias/old'], keySpec: 'SYMMETRIC_DEFAULT' },
      }),
    ]);
  });

  it('refuses an alias of another account, wherever the job names it', async () => {
    const alias = 'arn:aws:kms:us-east-1:444455556666:alias/old';
    const aliased = job({ source: { keys: [use(alias)] } });
    const request = { ...REQUEST, jobs: [aliased], account: '111122223333' };
    await expect(planRun(request, ports())).rejects.toThrow(
      `source.keys[0] = "${alias}": is an alias of the account 444455556666, and not of 111122223333`,
    );
    await expect(planRun({ ...request, account: '444455556666' }, ports())).resolves.toBeDefined();
  });

  it('estimates requests, time and charges of both passes', async () => {
    const { plan } = await planRun(REQUEST, ports());
    expect(plan.estimate).toMatchObject({ dataKeys: 2_000, kmsRequests: 2_020, seconds: 5 });
    expect(plan.estimate.usd.kms).toBeCloseTo(0.00606, 5);
    expect(plan.estimate.usd.total).toBeGreaterThan(plan.estimate.usd.kms);
  });

  it('estimates six write units for an item with two guards, which are checked in one transaction with it', async () => {
    const [store] = job().stores;
    const guarded = job({
      stores: [{ ...store!, format: { type: 'branch-key-store' }, withoutDataKey: 'expected' }],
    });
    const [plain, dear] = await Promise.all(
      [job(), guarded].map(async one => (await planRun({ ...REQUEST, jobs: [one] }, ports())).plan),
    );
    expect(dear!.estimate.usd.writes / plain!.estimate.usd.writes).toBeCloseTo(6);
  });

  it.each([
    ['is disabled', { state: 'Disabled' }, 'is disabled; enable it for the duration of the run'],
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

  it('refuses keys that do not exist or may not be described or used, and stores that do not exist', async () => {
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

  it('reports everything that is wrong at once, one problem per line', async () => {
    const words = await refusal({
      keys: keys({ describeKey: () => Promise.resolve({ kind: 'not-found' }) }),
      stores: stores({ describeTable: () => Promise.resolve({ kind: 'not-found' }) }),
    });
    expect(words.split('\n')).toHaveLength(3);
  });

  it('warns of what a run triggers: streams, replicas, backups', async () => {
    const busy = stores({
      describeTable: () =>
        Promise.resolve({
          kind: 'found',
          description: table({
            streamEnabled: true,
            replicaRegions: ['eu-west-1'],
            pointInTimeRecovery: true,
          }),
        }),
    });
    const { plan } = await planRun(REQUEST, ports({ stores: busy }));
    expect(plan.warnings.join('\n')).toMatch(/stream record[\s\S]*eu-west-1[\s\S]*35 days/);
  });
});
