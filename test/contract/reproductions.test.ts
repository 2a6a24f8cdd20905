import {
  CreateTableCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DisableKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReplicateKeyCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { embedded, errorName, type Embedded } from '../support/embedded.ts';
import { JobPlayer } from '../support/play-job.ts';

/** Situations in which a run once claimed more than it knew, or broke a reader; each with the right answer. */
describe('what once went wrong', () => {
  let aws: Embedded;
  let player: JobPlayer;
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
  });
  beforeEach(() => {
    player = new JobPlayer(aws);
  });
  afterEach(() => aws.aws.faults.clear());
  afterAll(() => aws.stop());

  const key = async (changes: object = {}): Promise<string> =>
    (await aws.kms.send(new CreateKeyCommand(changes))).KeyMetadata?.Arn ?? '';
  const keys = async (): Promise<{ readonly old: string; readonly new: string }> => ({
    old: await key(),
    new: await key(),
  });
  const edk = async (KeyId: string, EncryptionContext: Record<string, string> = {}): Promise<Buffer> => {
    const command = new GenerateDataKeyWithoutPlaintextCommand({
      KeyId,
      KeySpec: 'AES_256',
      EncryptionContext,
    });
    return Buffer.from((await aws.kms.send(command)).CiphertextBlob ?? []);
  };
  const opens = (bytes: Uint8Array, EncryptionContext: Record<string, string> = {}): Promise<string> =>
    errorName(aws.kms.send(new DecryptCommand({ CiphertextBlob: bytes, EncryptionContext })));

  type Item = Record<string, AttributeValue>;
  async function table(
    items: readonly Item[],
    changes: Partial<CreateTableCommandInput> = {},
  ): Promise<string> {
    const TableName = `Table${++number}`;
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        ...changes,
      }),
    );
    for (const [index, item] of items.entries())
      await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: `i${index}` }, ...item } }));
    return TableName;
  }
  const itemsOf = async (TableName: string): Promise<readonly Item[]> =>
    (await aws.dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];

  async function bucket(
    objects: Readonly<Record<string, { metadata?: Record<string, string>; body?: string }>>,
  ): Promise<string> {
    const Bucket = `bucket-${++number}`;
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    for (const [Key, { metadata, body = 'x' }] of Object.entries(objects))
      await aws.s3.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: body,
          ...(metadata !== undefined && { Metadata: metadata }),
        }),
      );
    return Bucket;
  }

  const job = (from: string, to: string, ...stores: readonly object[]): object => ({
    ...{ name: 'job', source: { keys: [from] }, destination: { key: to }, stores },
  });
  const attributes = (name: string, format: object = {}, more: object = {}): object => ({
    ...{ type: 'dynamodb', table: name, format: { type: 'attribute', dataKey: 'edk', ...format }, ...more },
  });
  const metadata = (name: string, format: object = {}, more: object = {}): object => ({
    ...{ type: 's3', bucket: name, format: { type: 'object-metadata', dataKey: 'edk', ...format }, ...more },
  });
  const numbers = (bytes: Buffer): AttributeValue[] => [...bytes].map(one => ({ N: String(one) }));

  it('one column in six types: five rows are in doubt, and the old key stays', async () => {
    const { old, new: to } = await keys();
    const bytes = await edk(old);
    const name = await table([
      ...[{ B: await edk(old) }, { B: await edk(old) }, { B: await edk(old) }, { B: await edk(old) }].map(
        one => ({ edk: one }),
      ),
      { edk: { L: numbers(bytes) } },
      { edk: { M: { '0': { N: '1' } } } },
      { edk: { M: { type: { S: 'Buffer' }, data: { L: numbers(bytes) } } } },
      { edk: { S: bytes.toString('base64') } },
      { edk: { BS: [bytes] } },
    ]);
    const { code, report, advice } = await player.play(job(old, to, attributes(name)));
    expect([code, report.remaining, advice.verdict]).toEqual([1, 5, 'keep']);
    expect(report.stores[0]?.outcomes).toEqual({ rewrapped: 4, unreadable: 5 });
    expect(advice.findings[0]?.words).toContain('5 data keys may still need a source key');
  });

  it.each([
    ['base64-unpadded', (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')],
    ['base64url-unpadded', (bytes: Buffer) => bytes.fill(0xfb, 60, 70).toString('base64url')],
    ['hex', (bytes: Buffer) => bytes.toString('hex')],
  ])(
    'a text column (%s) that the job calls binary is refused, with the encoding',
    async (encoding, write) => {
      const { old, new: to } = await keys();
      const bytes = await edk(old);
      const name = await table(Array.from({ length: 20 }, () => ({ edk: { S: write(Buffer.from(bytes)) } })));
      expect(await player.refusal(job(old, to, attributes(name, { encoding: 'binary' })))).toContain(
        `write "encoding": "${encoding}"`,
      );
    },
  );

  it.each([
    ['wrapped', (text: string) => text.replace(/(.{64})/g, '$1\n')],
    ['a data URL', (text: string) => `data:;base64,${text}`],
  ])('a column of %s base64, which no encoding reads, is refused', async (_, write) => {
    const { old, new: to } = await keys();
    const text = (await edk(old)).toString('base64');
    const name = await table([{ edk: { S: write(text) } }]);
    expect(await player.refusal(job(old, to, attributes(name, { encoding: 'base64' })))).toContain(
      'which no encoding reads',
    );
  });

  it('a misspelt path is refused, and the existing place is named', async () => {
    const { old, new: to } = await keys();
    const dataKey = { S: (await edk(old)).toString('base64') };
    const name = await table(Array.from({ length: 50 }, () => ({ envelope: { M: { dataKey } } })));
    expect(await player.refusal(job(old, to, attributes(name, { dataKey: 'envelope.datakey' })))).toContain(
      '50 items have envelope.dataKey, base64',
    );
  });

  it('a misspelt prefix or metadata name is refused', async () => {
    const { old, new: to } = await keys();
    const held = { metadata: { edk: (await edk(old)).toString('base64') } };
    const name = await bucket(
      Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`2026/${index}`, held])),
    );
    expect(await player.refusal(job(old, to, metadata(name, {}, { prefix: '/2026/' })))).toContain(
      'some under 2026/',
    );
    expect(await player.refusal(job(old, to, metadata(name, { dataKey: 'edk-v2' })))).toContain(
      '20 objects have edk',
    );
  });

  it('a context that holds the key ARN is that of the record as it will be: every reader opens', async () => {
    const { old, new: to } = await keys();
    const context = (index: number, arn: string): Record<string, string> => ({
      ...{ 'branch-key-id': `i${index}`, type: 'branch:ACTIVE', 'kms-arn': arn, tablename: 'logical' },
    });
    const rows = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => ({
        ...{
          type: { S: 'branch:ACTIVE' },
          'kms-arn': { S: old },
          enc: { B: await edk(old, context(index, old)) },
        },
      })),
    );
    const name = await table(rows);
    const format = {
      ...{ dataKey: 'enc', keyArn: 'kms-arn' },
      encryptionContext: {
        ...{ 'branch-key-id': { keyAttribute: 'id' }, type: { attribute: 'type' } },
        ...{ 'kms-arn': { attribute: 'kms-arn' }, tablename: 'logical' },
      },
    };
    const { code, advice } = await player.play(job(old, to, attributes(name, format)));
    expect([code, advice.verdict]).toEqual([0, 'disable']);
    await aws.kms.send(new DisableKeyCommand({ KeyId: old }));
    for (const { id, enc, 'kms-arn': arn } of await itemsOf(name)) {
      expect(arn?.S).toBe(to);
      expect(await opens(enc!.B!, context(Number(id!.S!.slice(1)), to))).toBe('none');
    }
  });

  it('a payload that the job mistakes for the name of a key is left, and named', async () => {
    const { old, new: to } = await keys();
    const name = await table([{ edk: { B: await edk(old) }, payload: { S: 'what the record is about' } }]);
    const payload = attributes(name, { keyArn: 'payload' });
    expect(await player.refusal(job(old, to, payload))).toContain(
      'no run would write to any of the first 1 items: attribute payload holds a text that is not the ARN, id or alias',
    );
    const labelled = { id: { S: 'labelled' }, edk: { B: await edk(old) }, payload: { S: old } };
    await aws.dynamodb.send(new PutItemCommand({ TableName: name, Item: labelled }));
    const before = await itemsOf(name);
    const { code, report } = await player.play(job(old, to, payload));
    expect([code, report.stores[0]?.outcomes]).toEqual([1, { rewrapped: 1, unsupported: 1 }]);
    const left = (items: readonly Item[]): Item | undefined => items.find(({ id }) => id?.S === 'i0');
    expect(left(await itemsOf(name))).toEqual(left(before));
  });

  it('one row of ten whose index key the run must not touch is left, and the rest moves', async () => {
    const { old, new: to } = await keys();
    const rows = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => ({
        edk: { B: await edk(old) },
        ...(index === 3 && { ver: { N: '7' } }),
      })),
    );
    const name = await table(rows, {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'ver', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byVer',
          KeySchema: [{ AttributeName: 'ver', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
    const { code, report } = await player.play(job(old, to, attributes(name, { keyArn: 'ver' })));
    expect([code, report.stores[0]?.outcomes]).toEqual([1, { rewrapped: 9, unsupported: 1 }]);
    expect(await player.refusal(job(old, to, attributes(name, { keyArn: 'id' })))).toContain('primary key');
  });

  it('after the old key is disabled, people verify', async () => {
    const { old, new: to } = await keys();
    const name = await table([{ edk: { B: await edk(old) } }]);
    await player.play(job(old, to, attributes(name)));
    await aws.kms.send(new DisableKeyCommand({ KeyId: old }));
    const verified = await player.play(job(old, to, attributes(name)), 'verify');
    expect([verified.code, verified.report.verdict]).toEqual([0, 'proven']);
    expect(verified.plan.warnings.join()).toContain('is disabled; this run does without it');
    expect((await player.play(job(old, to, attributes(name)), 'census')).code).toBe(0);
  });

  it('an alias that has moved: all data keys are under another key, and nothing is proven', async () => {
    const [first, second, to] = [await key(), await key(), await key()];
    const alias = `alias/app-${++number}`;
    await aws.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: first }));
    const rows = await Promise.all(
      Array.from({ length: 20 }, async () => ({ edk: { B: await edk(first) }, kid: { S: first } })),
    );
    const name = await table(rows);
    await aws.kms.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: second }));
    const arn = first.replace(/key\/.*/, alias);
    const { code, plan, report } = await player.play(job(arn, to, attributes(name, { keyArn: 'kid' })));
    expect([code, report.stores[0]?.outcomes]).toEqual([1, { 'foreign-key': 20 }]);
    expect(report.verdict).toBe('not-proven');
    expect(plan.warnings.join()).toContain(`20 of 20 records name ${first}, which is none of the job's keys`);
    expect(plan.sources[0]?.keyArn).toBe(second);
  });

  it('two contexts in one table work as a list, and two stores over it are refused with a cure for tables', async () => {
    const { old, new: to } = await keys();
    const name = await table([
      { edk: { B: await edk(old, { app: 'shop' }) } },
      { edk: { B: await edk(old) } },
    ]);
    const one = (encryptionContext: object): object => attributes(name, { encryptionContext });
    expect(await player.refusal(job(old, to, one({ app: 'shop' }), one({})))).toContain(
      'write one store with a list of contexts',
    );
    const { code, advice } = await player.play(job(old, to, one([{ app: 'shop' }, {}])));
    expect([code, advice.verdict]).toEqual([0, 'disable']);
  });

  it('NULL and empty texts are not data keys', async () => {
    const { old, new: to } = await keys();
    const empty = [
      ...Array.from({ length: 5 }, () => ({ edk: { NULL: true as const } })),
      { edk: { S: '' } },
    ];
    const name = await table([{ edk: { B: await edk(old) } }, ...empty]);
    const { code, report, advice } = await player.play(job(old, to, attributes(name)));
    expect([code, report.stores[0]?.withoutDataKey, advice.verdict]).toEqual([0, 6, 'disable']);
    expect(advice.findings[0]?.words).toContain('6 records held no data key');
  });

  it('a writer that saves whole items on condition of their version finds that its copy is out of date', async () => {
    const { old, new: to } = await keys();
    const row = { edk: { B: await edk(old) }, version: { N: '3' } };
    const name = await table([row, row, row, row]);
    const read = await itemsOf(name);
    await player.play(job(old, to, attributes(name, { version: 'version' })));
    const saved = read.map(Item =>
      errorName(
        aws.dynamodb.send(
          new PutItemCommand({
            ...{ TableName: name, Item: { ...Item, version: { N: '4' } } },
            ConditionExpression: 'version = :read',
            ExpressionAttributeValues: { ':read': { N: '3' } },
          }),
        ),
      ),
    );
    expect(new Set(await Promise.all(saved))).toEqual(new Set(['ConditionalCheckFailedException']));
    const unnamed = await player.play(job(to, old, attributes(name)), 'census');
    expect(unnamed.plan.warnings.join()).toContain('items have the number version');
  });

  it('a multi-Region key to its own replica: the label follows', async () => {
    const primary = await key({ MultiRegion: true });
    await aws.kms.send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: 'eu-west-1' }));
    const replica = primary.replace('us-east-1', 'eu-west-1');
    const name = await table([{ edk: { B: await edk(primary) }, kid: { S: primary } }]);
    const { code } = await player.play(job(primary, replica, attributes(name, { keyArn: 'kid' })));
    const [item] = await itemsOf(name);
    expect([code, item?.['kid']?.S]).toEqual([0, replica]);
  });

  it('data keys in instruction files are not in the metadata: refused if that is all there is, else not proven', async () => {
    const { old, new: to } = await keys();
    const instruction = { body: JSON.stringify({ 'x-amz-key-v2': (await edk(old)).toString('base64') }) };
    const only = await bucket({ a: {}, 'a.instruction': instruction });
    expect(await player.refusal(job(old, to, metadata(only)))).toContain(
      'none of the 2 objects has a data key',
    );
    const held = { metadata: { edk: (await edk(old)).toString('base64') } };
    const mixed = await bucket({ a: {}, 'a.instruction': instruction, b: held });
    const { code, report, advice } = await player.play(job(old, to, metadata(mixed)));
    expect([code, report.remaining, advice.verdict]).toEqual([1, 0, 'keep']);
    expect(advice.findings[0]?.words).toContain('2 objects without a data key in the metadata');
  });
});
