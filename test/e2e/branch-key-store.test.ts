import { BranchKeyStoreNode } from '@aws-crypto/branch-keystore-node';
import { buildClient, CommitmentPolicy, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  KMSClient,
  ReplicateKeyCommand,
} from '@aws-sdk/client-kms';
import { readFileSync } from 'node:fs';
import type { RecordStore } from '../../lambda/core/ports.ts';
import { mutationItem } from '../support/branch-key-items.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { JobPlayer, type PlayedJob } from '../support/play-job.ts';

type Item = Record<string, AttributeValue>;
type KmsConfiguration = ConstructorParameters<typeof BranchKeyStoreNode>[0]['kmsConfiguration'];

const LOGICAL_NAME = 'tenant-keys';
const EXAMPLE = JSON.parse(readFileSync('examples/jobs/formats/branch-key-store.json', 'utf8')) as {
  readonly stores: readonly [object];
};
const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

const outcomesOf = ({ report }: PlayedJob) => report.stores[0]?.outcomes ?? {};

/** Branch keys that the real client writes, moves and reads. */
describe('a branch key store', () => {
  let aws: Embedded;
  let oldKey: string;
  let newKey: string;
  let europe: KMSClient;
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
    europe = new KMSClient({ endpoint: aws.endpoint, region: 'eu-west-1' });
  });
  beforeEach(async () => {
    oldKey = await createKey(aws.kms);
    newKey = await createKey(aws.kms);
  });
  afterAll(async () => {
    europe.destroy();
    await aws.stop();
  });

  async function table(name = `Keys${++number}`): Promise<string> {
    const names = ['branch-key-id', 'type'];
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: names.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    return name;
  }

  /** The client over a table. `identifier`: it accepts that key only. */
  const open = (ddbTableName: string, kmsConfiguration: KmsConfiguration, kmsClient = aws.kms) =>
    new BranchKeyStoreNode({
      logicalKeyStoreName: LOGICAL_NAME,
      kmsConfiguration,
      keyManagement: { kmsClient },
      storage: { ddbTableName, ddbClient: aws.dynamodb },
    });
  const keyring = (name: string, branchKeyId: string) =>
    new KmsHierarchicalKeyRingNode({
      branchKeyId,
      keyStore: open(name, 'discovery'),
      cacheLimitTtl: 60,
    });
  const itemsOf = async (TableName: string): Promise<readonly Item[]> =>
    (await aws.dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];
  const jobFor = (name: string, source = oldKey, destination = newKey) => ({
    name: 'branch-keys',
    source: { keys: [source] },
    destination: { key: destination },
    limits: { maxConcurrency: 1 },
    stores: [{ ...EXAMPLE.stores[0], table: name }],
  });

  /** A branch key with a context of its own, an active version and two earlier ones; and one that has just been made. */
  async function fill(name: string): Promise<void> {
    const store = open(name, { identifier: oldKey });
    const encryptionContext = { department: 'hr', 'cost centre': '47 \u00e6' };
    await store.createKey({ branchKeyIdentifier: 'tenant-1', encryptionContext });
    for (let count = 0; count < 2; count++) await store.versionKey({ branchKeyIdentifier: 'tenant-1' });
    await store.createKey();
  }

  /** All that can be read: each branch key by the client. Keys of beacons, which it cannot read, as its specification says. */
  async function readAll(name: string): Promise<Readonly<Record<string, string>>> {
    const store = open(name, 'discovery');
    const read = async (item: Item): Promise<Uint8Array> => {
      const [id, type] = [item['branch-key-id']?.S ?? '', item['type']?.S ?? ''];
      if (type === 'beacon:ACTIVE') return readBeacon(item);
      const material =
        type === 'branch:ACTIVE'
          ? await store.getActiveBranchKey(id)
          : await store.getBranchKeyVersion(id, type.slice('branch:version:'.length));
      return material.branchKey();
    };
    const plaintexts = (await itemsOf(name)).map(async item => [
      `${item['branch-key-id']?.S} ${item['type']?.S}`,
      Buffer.from(await read(item)).toString('hex'),
    ]);
    return Object.fromEntries(await Promise.all(plaintexts)) as Record<string, string>;
  }

  async function readBeacon({ enc, ...others }: Item): Promise<Uint8Array> {
    const texts = Object.entries(others).map(([name, value]) => [name, value.S ?? value.N ?? '']);
    const { Plaintext } = await aws.kms.send(
      new DecryptCommand({
        KeyId: others['kms-arn']?.S,
        CiphertextBlob: enc?.B,
        EncryptionContext: Object.fromEntries([...texts, ['tablename', LOGICAL_NAME]]) as Record<
          string,
          string
        >,
      }),
    );
    return Plaintext ?? new Uint8Array();
  }

  it('is moved by the example job, once, and everything is read with the old key disabled', async () => {
    const name = await table('BranchKeyStore');
    for (const [alias, TargetKeyId] of [
      ['alias/branch-keys-2025', oldKey],
      ['alias/branch-keys-2026', newKey],
    ] as const)
      await aws.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId }));
    await fill(name);
    const [before, plaintexts] = [await itemsOf(name), await readAll(name)];
    const { result: message } = await encrypt(keyring(name, 'tenant-1'), Buffer.from('hello'));

    const player = new JobPlayer(aws);
    const first = await player.play(EXAMPLE);
    expect([first.code, outcomesOf(first)]).toEqual([0, { rewrapped: before.length }]);
    expect(first.advice.verdict).toBe('disable');
    expect(first.plan.warnings.filter(words => words.includes('configure Discovery'))).toHaveLength(1);

    const after = await itemsOf(name);
    expect(outcomesOf(await player.play(EXAMPLE))).toEqual({ 'already-current': before.length });
    expect(await itemsOf(name)).toEqual(after);

    await aws.kms.send(new DisableKeyCommand({ KeyId: oldKey }));
    const others = (items: readonly Item[]) => items.map(({ enc: _, 'kms-arn': __, ...rest }) => rest);
    expect(others(after)).toEqual(others(before));
    expect(new Set(after.map(item => item['kms-arn']?.S))).toEqual(new Set([newKey]));
    expect(await readAll(name)).toEqual(plaintexts);
    expect((await decrypt(keyring(name, 'tenant-1'), message)).plaintext.toString()).toBe('hello');

    // Key stores that name a key: the old one is rejected, the new one reads, and makes new versions.
    const [old, now] = [open(name, { identifier: oldKey }), open(name, { identifier: newKey })];
    await expect(old.getActiveBranchKey('tenant-1')).rejects.toThrow('KMS ARN');
    await now.versionKey({ branchKeyIdentifier: 'tenant-1' });
    expect(await readAll(name)).toMatchObject(
      Object.fromEntries(Object.entries(plaintexts).filter(([id]) => !id.endsWith('branch:ACTIVE'))),
    );
    const { result } = await encrypt(keyring(name, 'tenant-1'), Buffer.from('again'));
    expect((await decrypt(keyring(name, 'tenant-1'), result)).plaintext.toString()).toBe('again');
    expect((await decrypt(keyring(name, 'tenant-1'), message)).plaintext.toString()).toBe('hello');
  });

  it('is moved by a key that its items name in another Region, and names the destination then', async () => {
    const source = (await aws.kms.send(new CreateKeyCommand({ MultiRegion: true }))).KeyMetadata?.Arn ?? '';
    await aws.kms.send(new ReplicateKeyCommand({ KeyId: source, ReplicaRegion: 'eu-west-1' }));
    const name = await table();
    const identifier = source.replace('us-east-1', 'eu-west-1');
    await open(name, { identifier }, europe).createKey();
    expect((await itemsOf(name)).map(item => item['kms-arn']?.S)).toContain(identifier);
    const played = await new JobPlayer(aws).play(jobFor(name, source));
    expect([played.code, outcomesOf(played)]).toEqual([0, { rewrapped: 3 }]);
    await aws.kms.send(new DisableKeyCommand({ KeyId: source }));
    expect(Object.keys(await readAll(name))).toHaveLength(3);
  });

  const MUTATION = ['branch:MUTATION_COMMITMENT', 'branch:MUTATION_INDEX'];
  const beginMutation = async (name: string): Promise<void> => {
    for (const type of MUTATION)
      await aws.dynamodb.send(
        new PutItemCommand({ TableName: name, Item: mutationItem('tenant-1', type) as Item }),
      );
  };

  it('is left as it is where a branch key is being mutated, until the mutation has ended', async () => {
    const name = await table();
    await fill(name);
    await beginMutation(name);
    const before = await itemsOf(name);
    const player = new JobPlayer(aws);
    const first = await player.play(jobFor(name));
    // Five items of tenant-1 and the two of its mutation; three of the other branch key.
    expect([first.code, outcomesOf(first)]).toEqual([1, { rewrapped: 3, blocked: 7 }]);
    expect(first.plan.warnings.join()).toContain('has a mutation in flight');
    expect(first.advice.verdict).not.toBe('disable');
    const ofTenant = (items: readonly Item[]) =>
      items.filter(item => item['branch-key-id']?.S === 'tenant-1');
    expect(ofTenant(await itemsOf(name))).toEqual(ofTenant(before));

    for (const type of MUTATION)
      await aws.dynamodb.send(
        new DeleteItemCommand({
          TableName: name,
          Key: { 'branch-key-id': { S: 'tenant-1' }, type: { S: type } },
        }),
      );
    const second = await player.play(jobFor(name));
    expect([second.code, outcomesOf(second)]).toEqual([0, { rewrapped: 5, 'already-current': 3 }]);
  });

  /** Does something else before the first write, when all items have been read at once. */
  const meanwhile =
    (other: () => Promise<unknown>) =>
    (records: RecordStore): RecordStore => {
      let begun: Promise<unknown> | undefined;
      return {
        async readPage(range, options) {
          const { cursor, ...page } = await records.readPage(range, { ...options, pageSize: 100 });
          if (cursor !== undefined) throw new Error('there are more than one page of items');
          return page;
        },
        find: locators => records.find(locators),
        reread: record => records.reread(record),
        takes: (record, places) => records.takes(record, places),
        async write(record, places) {
          begun ??= other();
          await begun;
          return records.write(record, places);
        },
      };
    };

  it('is left as it is where a mutation begins after its items were read', async () => {
    const name = await table();
    await fill(name);
    const played = await new JobPlayer(
      aws,
      meanwhile(() => beginMutation(name)),
    ).play(jobFor(name));
    expect(outcomesOf(played)).toEqual({ rewrapped: 3, blocked: 5 });
    expect(played.report.remaining).toBe(7);
  });

  it('keeps what VersionKey writes meanwhile, and the new version is found and moved', async () => {
    const name = await table();
    await fill(name);
    const store = open(name, { identifier: oldKey });
    const versionKey = () => store.versionKey({ branchKeyIdentifier: 'tenant-1' });
    const played = await new JobPlayer(aws, meanwhile(versionKey)).play(jobFor(name));
    expect(outcomesOf(played)).toEqual({ rewrapped: 7, 'moved-by-another-writer': 1 });
    // The new active item, and its version, which this run has not seen.
    expect(played.report.remaining).toBe(2);
    expect(played.code).toBe(1);
    const plaintexts = await readAll(name);
    const second = await new JobPlayer(aws).play(jobFor(name));
    expect([second.code, outcomesOf(second)]).toEqual([0, { rewrapped: 2, 'already-current': 7 }]);
    await aws.kms.send(new DisableKeyCommand({ KeyId: oldKey }));
    expect(await readAll(name)).toEqual(plaintexts);
  });

  it('is in doubt if the job names another logical name than its readers', async () => {
    const name = await table();
    await open(name, { identifier: oldKey }).createKey();
    const wrong = { type: 'branch-key-store', logicalKeyStoreName: 'another' };
    const job = { ...jobFor(name), stores: [{ type: 'dynamodb', table: name, format: wrong }] };
    const before = await itemsOf(name);
    expect(outcomesOf(await new JobPlayer(aws).play(job))).toEqual({ unreadable: 3 });
    expect(await itemsOf(name)).toEqual(before);
  });
});
