import type { Job, Store } from '../../lambda/core/model/job.ts';
import type { KeyCatalog, KeyDescription } from '../../lambda/core/keys/catalog.ts';
import { job, NEW_KEY, OLD_KEY, use } from '../support/builders.ts';
import { planRun } from '../../lambda/core/plan/plan-run.ts';
import {
  key,
  keys,
  planOf,
  ports,
  refusal,
  REQUEST,
  stores,
  table,
  type Given,
} from '../support/plan-ports.ts';

const EUROPEAN_KEY = NEW_KEY.replace('us-east-1', 'eu-west-1');
const PRIMARY = 'arn:aws:kms:us-east-1:111122223333:key/mrk-11111111111111111111111111111111';
const REPLICA = PRIMARY.replace('us-east-1', 'eu-west-1');
const BRIDGE_ALIAS = 'arn:aws:kms:us-east-1:111122223333:alias/bridge';
const BRIDGE = 'arn:aws:kms:us-east-1:111122223333:key/mrk-33333333333333333333333333333333';
const RSA: Partial<KeyDescription> = {
  spec: 'RSA_2048',
  encryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'],
};

const european = (changes: Partial<Job> = {}): Job =>
  job({ destination: { ...use(EUROPEAN_KEY), dataKeyBytes: 32 }, ...changes });

/** A KMS in which some keys differ from the rest; `undefined` stands for a missing key. */
const knowing = (
  changes: Readonly<Record<string, Partial<KeyDescription> | undefined>>,
  catalog: Partial<KeyCatalog> = {},
): KeyCatalog =>
  keys({
    describeKey: arn =>
      Promise.resolve(
        arn in changes && changes[arn] === undefined ? { kind: 'not-found' } : key(arn, changes[arn] ?? {}),
      ),
    ...catalog,
  });

const routeOf = async (given: Given, of: Job, plaintextAllowed = false) =>
  planOf(given, { jobs: [of], plaintextAllowed });

describe('the route of a run', () => {
  it('is direct if all keys are in one Region', async () => {
    expect((await routeOf({}, job())).route).toEqual({ type: 'direct', why: 'all keys are in us-east-1' });
  });

  it('is multi-Region if every source has a replica at the destination, and KMS is asked there', async () => {
    const calls: string[] = [];
    const catalog = knowing(
      { [PRIMARY]: { multiRegion: true }, [REPLICA]: { multiRegion: true } },
      {
        mayReEncrypt: (source, destination) => {
          calls.push(`${source.keyArn} ${destination.keyArn}`);
          return Promise.resolve({ kind: 'allowed' });
        },
      },
    );
    const plan = await routeOf({ keys: catalog }, european({ source: { keys: [use(PRIMARY)] } }));
    expect(plan.route).toEqual({ type: 'multi-region', why: 'every source key has a replica in eu-west-1' });
    expect(plan.sources).toMatchObject([{ keyArn: REPLICA, alsoKnownAs: [PRIMARY] }]);
    expect(calls).toEqual([`${REPLICA} ${EUROPEAN_KEY}`, `${EUROPEAN_KEY} ${EUROPEAN_KEY}`]);
  });

  it('leads over the bridge key if a source is in one Region only, and the plan says why it is not safer', async () => {
    const catalog = knowing({
      [BRIDGE_ALIAS]: { arn: BRIDGE, multiRegion: true },
      [PRIMARY]: { multiRegion: true },
      [REPLICA]: undefined,
    });
    const plan = await routeOf(
      { keys: catalog },
      european({ source: { keys: [use(PRIMARY)] }, route: { type: 'auto', bridgeKey: BRIDGE_ALIAS } }),
    );
    expect(plan.route).toEqual({
      type: 'bridge',
      why: expect.stringMatching(
        /^the bridge key has a replica in eu-west-1; no safer one works: .*is no key that KMS knows/,
      ),
      bridge: { sourceRegionArn: BRIDGE, destinationRegionArn: BRIDGE.replace('us-east-1', 'eu-west-1') },
    });
    expect(plan.estimate.kmsRequests).toBe(4_020);
  });

  it('leads through plaintext only if the deployment allows it, and the plan warns', async () => {
    expect(await refusal({}, { jobs: [european()] })).toContain(
      'takes plaintext data keys out of KMS, which this deployment does not allow; name a bridge key, or allow it with "allowPlaintextRoute": true in deployment.json',
    );
    const plan = await routeOf({}, european(), true);
    expect(plan.route.type).toBe('decrypt-encrypt');
    expect(plan.warnings.join('\n')).toContain('takes every data key out of KMS in plaintext');
  });

  it('takes no data key out of KMS to count it: a census through plaintext is a dry run', async () => {
    const of = { jobs: [european()], plaintextAllowed: true };
    expect((await planOf({}, { ...of, input: { job: 'orders', mode: 'census' } })).dryRun).toBe(true);
    expect((await planOf({}, of)).dryRun).toBe(false);
  });

  it('asks about every hop, and refuses if one is not allowed', async () => {
    const catalog = knowing(
      { [BRIDGE]: { multiRegion: true } },
      {
        mayReEncrypt: (_, { keyArn }) =>
          Promise.resolve(
            keyArn === BRIDGE ? { kind: 'denied', message: 'not that one' } : { kind: 'allowed' },
          ),
      },
    );
    expect(
      await refusal(
        { keys: catalog },
        { jobs: [european({ route: { type: 'bridge', bridgeKey: BRIDGE } })] },
      ),
    ).toContain(`"${OLD_KEY}": may not be re-encrypted to ${BRIDGE} (not that one)`);
  });

  it.each([
    ['is a single-Region key', {}, 'is a single-Region key; a bridge is a multi-Region key'],
    [
      'has no replica there',
      { [BRIDGE]: { multiRegion: true }, [BRIDGE.replace('us-east-1', 'eu-west-1')]: undefined },
      'is no key that KMS knows in this Region',
    ],
    [
      'is disabled',
      { [BRIDGE]: { multiRegion: true, state: 'Disabled' } },
      'is disabled; enable it for the duration of the run',
    ],
  ])('is refused where the bridge key %s', async (_, changes, words) => {
    const of = european({ route: { type: 'bridge', bridgeKey: BRIDGE } });
    expect(await refusal({ keys: knowing(changes) }, { jobs: [of] })).toMatch(
      new RegExp(`^route.bridgeKey = .*${words}`),
    );
  });
});

describe('a rotation back', () => {
  const history = (sourceKeyArns: readonly string[], destinationKeyArn: string): Given => ({
    history: {
      lastMigration: () => Promise.resolve({ runId: 'run-0', sourceKeyArns, destinationKeyArn }),
    },
  });

  it('is refused: its destination was a source of the last migration', async () => {
    expect(await refusal(history([NEW_KEY], OLD_KEY))).toContain(
      `destination.key = "${NEW_KEY}": was a source key of the last migration of dynamodb:Orders (run-0)`,
    );
  });

  it.each([
    ['the same rotation again', history([OLD_KEY], NEW_KEY), 'migrate'],
    ['a rotation from other keys into that one', history([NEW_KEY], 'another key'), 'migrate'],
    ['a census in that direction', history([NEW_KEY], OLD_KEY), 'census'],
  ])('is not %s', async (_, given, mode) => {
    expect((await planOf(given, { input: { job: 'orders', mode } })).mode).toBe(mode);
  });
});

describe('what the keys are', () => {
  it('keeps a run to the quota of a custom key store, whatever the job says', async () => {
    const limits = { kmsRequestsPerSecond: 5_000, maxConcurrency: 4, toleratedFailurePercentage: 0 };
    const catalog = knowing({ [OLD_KEY]: { customKeyStoreId: 'cks-1' } });
    const plan = await planOf({ keys: catalog }, { jobs: [job({ limits })] });
    expect(plan.limits.kmsRequestsPerSecond).toBe(1_800);
    expect(plan.warnings.join('\n')).toContain(
      'custom key store cks-1 takes 1800 requests a second, those of other applications included; this run keeps to that',
    );
  });

  it('says that asymmetric keys have no key material ids, and knows the length of what they encrypt', async () => {
    const destination = { ...use(NEW_KEY, 'RSAES_OAEP_SHA_256'), dataKeyBytes: 32 };
    const plan = await planOf({ keys: knowing({ [NEW_KEY]: RSA }) }, { jobs: [job({ destination })] });
    expect(plan.destination).toMatchObject({ ciphertextBytes: 256 });
    expect(plan.warnings.join('\n')).toContain('is asymmetric: KMS has no key material ids for it');
  });

  it.each([
    ['RSAES_OAEP_SHA_256', 190],
    ['RSAES_OAEP_SHA_1', 214],
  ] as const)('refuses data keys that are too long for RSA_2048 with %s', async (algorithm, longest) => {
    const of = (dataKeyBytes: number): Job =>
      job({ destination: { ...use(NEW_KEY, algorithm), dataKeyBytes } });
    const given = { keys: knowing({ [NEW_KEY]: RSA }) };
    expect(await refusal(given, { jobs: [of(longest + 1)] })).toContain(
      `destination.dataKeyBytes = ${longest + 1}: is longer than the ${longest} bytes that RSA_2048 holds with ${algorithm}`,
    );
    expect((await planOf(given, { jobs: [of(longest)] })).units).toBe(4);
  });

  it('remembers key materials with their rotation dates', async () => {
    const material = {
      keyArn: OLD_KEY,
      keyMaterialId: 'aa',
      state: 'CURRENT',
      rotatedAt: '2026-01-01T00:00:00.000Z',
    };
    const catalog = knowing({}, { keyMaterials: arn => Promise.resolve(arn === OLD_KEY ? [material] : []) });
    expect((await planOf({ keys: catalog })).keyMaterials).toEqual([material]);
  });
});

describe('grant tokens', () => {
  it('are sent with what Plan asks, and reach every worker with the plan', async () => {
    const asked: (readonly string[])[] = [];
    const input = { job: 'orders', mode: 'migrate', grantTokens: ['token'] };
    const { plan } = await planRun(
      { ...REQUEST, input },
      {
        ...ports(),
        keys: tokens => {
          asked.push(tokens);
          return keys();
        },
      },
    );
    expect([asked, plan.grantTokens]).toEqual([[['token']], ['token']]);
  });
});

describe('a narrowed run', () => {
  const narrowed = (changes: Partial<Store>): Job =>
    job({ stores: [{ ...job().stores[0], ...changes } as Store] });

  it('scans the segments that it names, out of the total that it names', async () => {
    const of = narrowed({ scope: { segments: { total: 100, only: [7, 42] } } });
    const plan = await planOf({}, { jobs: [of] });
    expect(plan.units).toBe(2);
    expect(plan.warnings).toContain(
      'dynamodb:Orders: this run visits only 2 of 100 segments, and does not finish the store',
    );
  });

  it('is refused if the table has no such index', async () => {
    const of = narrowed({ scope: { index: 'pending' } });
    const catalog = stores({
      describeTable: () =>
        Promise.resolve({ kind: 'found', description: table({ indexNames: ['by-date', 'by-tenant'] }) }),
    });
    expect(await refusal({ stores: catalog }, { jobs: [of] })).toBe(
      'stores[0].scope.index = "dynamodb:Orders": the table has no index pending; write one of: by-date, by-tenant',
    );
  });

  it('that is a sample has one unit for each store, which ends early', async () => {
    const plan = await planOf({}, { input: { job: 'orders', mode: 'census', sample: 25 } });
    expect(plan).toMatchObject({ units: 1, sample: 25, estimate: { dataKeys: 25 } });
    expect(plan.warnings.join('\n')).toContain('visits only the first 25 records');
  });

  it('lists each prefix of a bucket by itself', async () => {
    const asked: string[] = [];
    const catalog = stores({
      listKeys: ({ prefix }) => {
        asked.push(prefix);
        return Promise.resolve({ keys: [`${prefix}a`], truncated: false });
      },
    });
    const of = job({
      stores: [
        {
          type: 's3',
          bucket: 'documents',
          prefix: '2026/',
          format: { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} },
          scope: { prefixes: ['2026/01/', '2026/02/'] },
        },
      ],
    });
    expect((await planOf({ stores: catalog }, { jobs: [of] })).units).toBe(2);
    expect(asked.sort()).toEqual(['2026/01/', '2026/02/']);
  });
});

describe('a bucket with objects that are copied in parts', () => {
  const writesOf = async (copyRequests?: number): Promise<number> => {
    const catalog = stores({
      listKeys: () =>
        Promise.resolve({
          ...{ keys: ['a', 'b'], truncated: false },
          ...(copyRequests !== undefined && { copyRequests }),
        }),
    });
    const format = { type: 'object-metadata', dataKey: 'edk', encryptionContext: {} };
    const of = job({ stores: [{ type: 's3', bucket: 'documents', prefix: '', format }] });
    return (await planOf({ stores: catalog }, { jobs: [of] })).estimate.usd.writes;
  };

  it('costs a request for each part, as the listing shows their sizes', async () => {
    expect(await writesOf()).toBeCloseTo((2 * 0.005) / 1_000, 9);
    expect(await writesOf(51)).toBeCloseTo((51 * 0.005) / 1_000, 9);
  });
});

describe('a table that is copied', () => {
  const copied = (copyTo: object): Job =>
    job({ stores: [{ ...job().stores[0], copyTo: { createMissing: true, ...copyTo } } as Store] });

  it('must have the same primary key at its destination: items are found by it', async () => {
    const catalog = stores({
      describeTable: ({ region }) =>
        Promise.resolve({
          kind: 'found',
          description: table(region === 'eu-west-1' ? { keyNames: ['id', 'part'] } : {}),
        }),
    });
    const of = copied({ region: 'eu-west-1', table: 'Orders' });
    expect(await refusal({ stores: catalog }, { jobs: [of] })).toContain(
      'stores[0].copyTo = "dynamodb:Orders to dynamodb:eu-west-1:Orders": its primary key is id, part, that of Orders is id',
    );
  });

  it('is not copied onto itself', async () => {
    const of = copied({ region: 'us-east-1', table: 'Orders' });
    expect(await refusal({}, { jobs: [of] })).toContain('is the table itself');
  });

  it('keeps its own data keys, and the plan says so', async () => {
    const plan = await planOf({}, { jobs: [copied({ region: 'eu-west-1', table: 'Orders' })] });
    expect(plan.keepsSource).toBe(true);
    expect(plan.warnings.join('\n')).toContain('the source records keep their data keys');
  });
});
