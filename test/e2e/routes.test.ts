import { DynamoDBClient, PutItemCommand, ScanCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  type CreateKeyCommandInput,
  type EncryptionAlgorithmSpec,
} from '@aws-sdk/client-kms';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../cli/embedded/embedded-aws.ts';
import type { Report } from '../../lambda/core/report/report.ts';
import { embedded, type Embedded } from '../support/embedded.ts';
import { CONTEXT, fill } from '../support/fill-table.ts';
import { rewrap } from '../support/rewrap-cli.ts';

const ITEMS = 24;
/** Two workers, so that units are distributed; each is a process of its own. lambda-quota.test.ts has more of them. */
const LIMITS = { maxConcurrency: 2 };

/** Data keys as an application sees them: their bytes, whatever protects them. */
type Opened = ReadonlyMap<string, string>;

/** All routes except `direct` and `bridge`, which the demos play, and the specifics of same-key and RSA destinations. */
describe('routes, end to end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrap-routes-'));
  const logFolder = join(folder, 'logs');
  let aws: Embedded;
  let europe: { readonly kms: KMSClient; readonly dynamodb: DynamoDBClient };
  let multiRegionBefore: readonly Record<string, AttributeValue>[] = [];
  const keys: Record<'same' | 'rsa' | 'multiRegion' | 'single' | 'european', string> = {
    same: '',
    rsa: '',
    multiRegion: '',
    single: '',
    european: '',
  };

  beforeAll(async () => {
    aws = await embedded({ logFolder, waitScale: 0 });
    const config = { endpoint: aws.endpoint, region: 'eu-west-1' };
    europe = { kms: new KMSClient(config), dynamodb: new DynamoDBClient(config) };
    const create = async (client: KMSClient, input: CreateKeyCommandInput = {}) =>
      (await client.send(new CreateKeyCommand(input))).KeyMetadata!.Arn!;
    keys.same = await create(aws.kms);
    keys.rsa = await create(aws.kms, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' });
    keys.multiRegion = await create(aws.kms, { MultiRegion: true });
    await aws.kms.send(new ReplicateKeyCommand({ KeyId: keys.multiRegion, ReplicaRegion: 'eu-west-1' }));
    keys.single = await create(aws.kms);
    keys.european = await create(europe.kms);
    mkdirSync(join(folder, 'jobs'));
    for (const job of jobs()) writeFileSync(join(folder, 'jobs', `${job.name}.json`), JSON.stringify(job));
    await fill(aws, 'Refresh', { keyId: keys.same, items: ITEMS });
    await fill(aws, 'Asymmetric', { keyId: keys.same, items: ITEMS });
    await fill(aws, 'MultiRegion', { keyId: keys.multiRegion, items: ITEMS });
    await fill(aws, 'Plaintext', { keyId: keys.single, items: ITEMS });
    await synthesize({
      jobs: join(folder, 'jobs'),
      outdir: join(folder, 'cdk.out'),
      settings: { allowPlaintextRoute: true },
    });
    await aws.aws.deploy(join(folder, 'cdk.out'));
  });
  afterAll(async () => {
    europe.kms.destroy();
    europe.dynamodb.destroy();
    await aws.stop();
  });

  function jobs() {
    const store = (table: string, format: object = {}) => ({
      type: 'dynamodb',
      table,
      format: { type: 'attribute', dataKey: 'edk', encryptionContext: CONTEXT, ...format },
    });
    const rsa = { key: keys.rsa, encryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
    return [
      {
        name: 'refresh',
        source: { keys: [keys.same] },
        destination: { key: keys.same },
        stores: [store('Refresh')],
        limits: LIMITS,
      },
      {
        name: 'asymmetric',
        source: { keys: [keys.same] },
        destination: rsa,
        stores: [store('Asymmetric', { encryptionAlgorithm: 'algorithm' })],
        limits: LIMITS,
      },
      {
        name: 'multi-region',
        source: { keys: [keys.multiRegion] },
        destination: { key: keys.european },
        stores: [store('MultiRegion')],
        limits: LIMITS,
      },
      {
        name: 'plaintext',
        source: { keys: [keys.single] },
        destination: { key: keys.european },
        route: { type: 'decrypt-encrypt' },
        stores: [store('Plaintext')],
        limits: LIMITS,
      },
    ];
  }

  async function items(table: string): Promise<readonly Record<string, AttributeValue>[]> {
    return (await aws.dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }))).Items ?? [];
  }

  /** Opens every data key as a reader that knows the key does. Data keys that do not open are missing from the result. */
  async function open(
    table: string,
    KeyId: string,
    kms = aws.kms,
    EncryptionAlgorithm: EncryptionAlgorithmSpec = 'SYMMETRIC_DEFAULT',
  ): Promise<Opened> {
    const opened = new Map<string, string>();
    for (const { id, edk } of await items(table)) {
      const request = new DecryptCommand({
        CiphertextBlob: edk!.B,
        KeyId,
        EncryptionAlgorithm,
        ...(EncryptionAlgorithm === 'SYMMETRIC_DEFAULT' && { EncryptionContext: CONTEXT }),
      });
      const plaintext = await kms.send(request).then(
        output => output.Plaintext,
        () => undefined,
      );
      if (plaintext !== undefined) opened.set(id!.S!, Buffer.from(plaintext).toString('hex'));
    }
    return opened;
  }

  async function run(job: string, region: string, ...args: readonly string[]) {
    const result = await rewrap([
      'run',
      job,
      '--json',
      '--region',
      region,
      '--endpoint-url',
      aws.endpoint,
      ...args,
    ]);
    if (!result.stdout.startsWith('{')) throw new Error(result.stderr);
    return { code: result.code, report: JSON.parse(result.stdout) as Report };
  }

  const counts = ({ keyMaterials }: Report): readonly object[] =>
    keyMaterials.map(({ state, before, after }) => ({ state, before, after }));
  const current = async (): Promise<string | undefined> =>
    (await aws.kms.send(new DescribeKeyCommand({ KeyId: keys.same }))).KeyMetadata?.CurrentKeyMaterialId;

  describe('to new key material of the same key', () => {
    let before: Opened;

    it('a census tells how many data keys are under which key material, with its rotation date', async () => {
      await aws.kms.send(new RotateKeyOnDemandCommand({ KeyId: keys.same }));
      await fill(aws, 'Refresh', { keyId: keys.same, items: ITEMS, first: ITEMS });
      before = await open('Refresh', keys.same);
      expect(before.size).toBe(2 * ITEMS);
      const { code, report } = await run('refresh', 'us-east-1', '--mode', 'census');
      expect(code).toBe(0);
      expect(counts(report)).toEqual(
        expect.arrayContaining([
          { state: 'NON_CURRENT', before: ITEMS, after: ITEMS },
          { state: 'CURRENT', before: ITEMS, after: ITEMS },
        ]),
      );
      expect(report.keyMaterials.find(({ state }) => state === 'CURRENT')).toMatchObject({
        keyMaterialId: await current(),
        rotatedAt: expect.any(String),
        rotationType: 'ON_DEMAND',
      });
      expect(report.remaining).toBe(ITEMS);
    });

    it('a dry run checks every data key, and does not say that any is under the current key material', async () => {
      const { report } = await run('refresh', 'us-east-1', '--mode', 'census', '--dry-run');
      expect(report).toMatchObject({
        dryRun: true,
        stores: [{ outcomes: { 'to-rewrap': 2 * ITEMS } }],
      });
      expect(report.warnings.join()).toContain('a dry run learns no key material ids');
    });

    it('a sample moves a few, and never says that the store is finished', async () => {
      const { code, report } = await run('refresh', 'us-east-1', '--sample', '5');
      expect(code).toBe(1);
      expect(report).toMatchObject({
        state: 'succeeded',
        remaining: null,
        remainingInScope: 0,
        stores: [{ records: 5, complete: false, narrowedTo: 'the first 5 records' }],
      });
    });

    it('a migration moves the others, and a census afterwards adds up', async () => {
      const moved = await run('refresh', 'us-east-1');
      expect(moved).toMatchObject({ code: 0, report: { remaining: 0 } });
      const { report } = await run('refresh', 'us-east-1', '--mode', 'census');
      expect(counts(report)).toEqual([{ state: 'CURRENT', before: 2 * ITEMS, after: 2 * ITEMS }]);
      expect(await open('Refresh', keys.same)).toEqual(before);
    });

    it('a second migration writes nothing', async () => {
      const before_ = await items('Refresh');
      const { report } = await run('refresh', 'us-east-1');
      expect(report.stores[0]?.outcomes).toEqual({ 'already-current': 2 * ITEMS });
      expect(await items('Refresh')).toEqual(before_);
    });
  });

  it('to an RSA key moves what it can hold, names what is too long, and records the algorithm beside it', async () => {
    const before = await open('Asymmetric', keys.same);
    const { code, report } = await run('asymmetric', 'us-east-1');
    expect(code).toBe(1);
    expect(report.stores[0]?.outcomes).toEqual({ rewrapped: (ITEMS * 3) / 4, unsupported: ITEMS / 4 });
    expect(report.remaining).toBe(ITEMS / 4);
    expect(report.failures[0]?.reason).toContain('too long for RSAES_OAEP_SHA_256');
    expect(report.warnings.join()).toContain('is asymmetric: KMS has no key material ids for it');
    const after = await open('Asymmetric', keys.rsa, aws.kms, 'RSAES_OAEP_SHA_256');
    expect(after.size).toBe((ITEMS * 3) / 4);
    for (const [id, plaintext] of after) expect(plaintext).toBe(before.get(id));
    const algorithms = (await items('Asymmetric')).map(({ algorithm }) => algorithm?.S ?? 'none').sort();
    expect(new Set(algorithms)).toEqual(new Set(['none', 'RSAES_OAEP_SHA_256']));
    const again = await run('asymmetric', 'us-east-1');
    expect(again.report.stores[0]?.outcomes).toEqual({
      'already-current': (ITEMS * 3) / 4,
      unsupported: ITEMS / 4,
    });
  });

  it('to another Region uses the replicas of multi-Region sources by itself: one call for each data key', async () => {
    multiRegionBefore = await items('MultiRegion');
    const before = await open('MultiRegion', keys.multiRegion);
    const { code, report } = await run('multi-region', 'eu-west-1');
    expect(code).toBe(0);
    expect(report).toMatchObject({
      route: { type: 'multi-region', why: 'every source key has a replica in eu-west-1' },
      stores: [{ outcomes: { rewrapped: ITEMS } }],
      remaining: 0,
    });
    // And one for each unit at least, which tests the journal.
    expect(report.kms.requests).toBeGreaterThan(ITEMS);
    expect(report.kms.requests).toBeLessThan(1.5 * ITEMS);
    expect(await open('MultiRegion', keys.european, europe.kms)).toEqual(before);
  });

  it('is rolled back from the journal, byte for byte, if nobody has changed the record since', async () => {
    const region = ['--region', 'eu-west-1', '--endpoint-url', aws.endpoint];
    const [theirs] = await items('MultiRegion');
    const { runs } = JSON.parse((await rewrap(['status', '--json', ...region])).stdout) as {
      readonly runs: readonly { readonly runId: string }[];
    };
    const migrated = runs.map(({ runId }) => runId).find(runId => runId.startsWith('multi-region-migrate'));
    await aws.dynamodb.send(
      new PutItemCommand({
        TableName: 'MultiRegion',
        Item: { ...theirs, edk: { B: Buffer.from('theirs') } },
      }),
    );
    const { code, stdout } = await rewrap(['rollback', migrated!, '--json', ...region]);
    const report = JSON.parse(stdout) as Report;
    expect([code, report.stores[0]?.outcomes]).toEqual([
      1,
      { restored: ITEMS - 1, 'moved-by-another-writer': 1 },
    ]);
    expect(report).toMatchObject({
      mode: 'rollback',
      state: 'succeeded',
      remaining: null,
      kms: { requests: 0 },
    });
    const changed = (item: Record<string, AttributeValue>): boolean => item['id']?.S !== theirs!['id']!.S;
    const bytes = (all: readonly Record<string, AttributeValue>[]) =>
      all.filter(changed).map(({ id, edk }) => [id!.S, Buffer.from(edk!.B!).toString('hex')]);
    expect(bytes(await items('MultiRegion'))).toEqual(bytes(multiRegionBefore));
  });

  it('through plaintext, if it is allowed, shows in plan, report, journal and logs, and leaves no plaintext there', async () => {
    const before = await open('Plaintext', keys.single);
    const planned = await rewrap([
      'plan',
      join(folder, 'jobs', 'plaintext.json'),
      '--json',
      '--endpoint-url',
      aws.endpoint,
    ]);
    expect(JSON.parse(planned.stdout)).toMatchObject({ route: { type: 'decrypt-encrypt' } });
    const { code, report } = await run('plaintext', 'eu-west-1');
    expect(code).toBe(0);
    expect(report).toMatchObject({
      route: { type: 'decrypt-encrypt' },
      stores: [{ outcomes: { rewrapped: ITEMS } }],
      remaining: 0,
    });
    expect(report.warnings.join()).toContain('takes every data key out of KMS in plaintext');
    expect(await open('Plaintext', keys.european, europe.kms)).toEqual(before);
    expect(aws.aws.lambda.invocations('MigrateUnitPlaintext')).toBeGreaterThan(0);
    const logs = readdirSync(logFolder).map(name => readFileSync(join(logFolder, name), 'utf8'));
    expect(logs.join('').includes('"route":"decrypt-encrypt"')).toBe(true);
    for (const plaintext of before.values()) {
      const secret = Buffer.from(plaintext, 'hex').toString('base64');
      for (const log of logs) expect(log).not.toContain(secret);
    }
  });

  it('back again is refused: its destination was the source of the last migration', async () => {
    const swapped = {
      ...jobs()[2],
      name: 'back-again',
      source: { keys: [keys.european] },
      destination: { key: keys.multiRegion.replace('us-east-1', 'eu-west-1') },
      stores: [{ ...jobs()[2]!.stores[0], region: 'us-east-1' }],
    };
    writeFileSync(join(folder, 'swapped.json'), JSON.stringify(swapped));
    const { code, stderr } = await rewrap([
      'plan',
      join(folder, 'swapped.json'),
      '--endpoint-url',
      aws.endpoint,
    ]);
    expect(stderr).toContain('this would move its data keys back');
    expect(code).toBe(2);
  });
});
