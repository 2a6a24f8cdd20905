import { PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReplicateKeyCommand,
} from '@aws-sdk/client-kms';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { freshBuckets } from '../support/fresh-buckets.ts';
import { JobPlayer } from '../support/play-job.ts';
import { simpleTable } from '../support/simple-table.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** A job names places that hold names of keys, versions and new data keys. What lies there instead is read by no format. */
describe('a data key at a place that the job names for something else', () => {
  let aws: Embedded;
  let player: JobPlayer;
  let old = '';
  let to = '';
  let tables = 0;
  const newBucket = freshBuckets('hidden', () => aws.s3);
  beforeAll(async () => {
    aws = await embedded();
    [old, to] = [await createKey(aws.kms), await createKey(aws.kms)];
  });
  beforeEach(() => (player = new JobPlayer(aws)));
  afterAll(() => aws.stop());

  const edk = async (): Promise<string> => {
    const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: old, KeySpec: 'AES_256' });
    return Buffer.from((await aws.kms.send(made)).CiphertextBlob ?? []).toString('base64');
  };
  const text = async (): Promise<AttributeValue> => ({ S: await edk() });

  async function table(items: readonly Item[]): Promise<string> {
    const TableName = `Hidden${++tables}`;
    await simpleTable(aws.dynamodb, TableName);
    for (const [index, item] of items.entries())
      await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: `i${index}` }, ...item } }));
    return TableName;
  }
  async function bucket(
    objects: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Promise<string> {
    const Bucket = await newBucket();
    for (const [Key, Metadata] of Object.entries(objects))
      await aws.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', Metadata }));
    return Bucket;
  }
  const job = (...stores: readonly object[]): object => ({
    ...{ name: 'job', source: { keys: [old] }, destination: { key: to }, stores },
  });
  const attributes = (name: string, format: object): object => ({
    ...{ type: 'dynamodb', table: name },
    format: { type: 'attribute', dataKey: 'edk', encoding: 'base64', ...format },
  });
  const metadata = (name: string, dataKey: string, more: object = {}): object => ({
    ...{ type: 's3', bucket: name, format: { type: 'object-metadata', dataKey }, ...more },
  });
  const outcome = async (...stores: readonly object[]) => {
    const { code, report, advice } = await player.play(job(...stores));
    return [code, report.verdict, advice.verdict, report.stores.map(({ lookAlikes }) => lookAlikes)];
  };

  it.each(['keyArn', 'encryptionAlgorithm', 'version'])(
    'is a look-alike where that is the %s of an item without a data key',
    async field => {
      const name = await table([{ edk: await text() }, { beside: await text() }]);
      expect(await outcome(attributes(name, { [field]: 'beside' }))).toEqual([1, 'not-proven', 'keep', [1]]);
    },
  );

  it('is one in a document, too', async () => {
    const doc = async (name: string): Promise<AttributeValue> => ({
      S: JSON.stringify({ [name]: await edk() }),
    });
    const name = await table([{ doc: await doc('edk') }, { doc: await doc('kid') }]);
    const format = { type: 'json-document', in: { attribute: 'doc' }, dataKey: '/edk', keyArn: '/kid' };
    expect(await outcome({ type: 'dynamodb', table: name, format })).toEqual([1, 'not-proven', 'keep', [1]]);
  });

  it('is one where new data keys go, unless the item has the data key that it was made of', async () => {
    const name = await table([{ edk: await text() }, { fresh: await text() }]);
    const writeTo = { dataKey: 'fresh', keyArn: 'kid' };
    expect(await outcome(attributes(name, { writeTo }))).toEqual([1, 'not-proven', 'keep', [1]]);
  });

  it('is one where another store of the job looks, but not at this object', async () => {
    const name = await bucket({
      'in/1': { edk: await edk(), other: await edk() },
      'out/1': { edk: await edk(), other: await edk() },
    });
    const stores = [metadata(name, 'edk', { prefix: 'in/' }), metadata(name, 'other')];
    expect(await outcome(...stores)).toEqual([1, 'not-proven', 'keep', [0, 1]]);
  });

  it('is none where it is answered for', async () => {
    const name = await table([{ edk: await text() }, { beside: await text() }]);
    const store = { ...attributes(name, { keyArn: 'beside' }), ignore: ['beside'] };
    expect(await outcome(store)).toEqual([0, 'proven', 'disable', [0]]);
  });

  it('is not the name of the source key there: an item may have lost its data key, and kept the label', async () => {
    const name = await table([{ edk: await text(), kid: { S: old } }, { kid: { S: old } }]);
    expect(await outcome(attributes(name, { keyArn: 'kid' }))).toEqual([0, 'proven', 'disable', [0]]);
  });

  it('is none of two stores that both look at an object', async () => {
    const name = await bucket({ 'in/1': { edk: await edk(), other: await edk() } });
    const stores = [metadata(name, 'edk', { prefix: 'in/' }), metadata(name, 'other')];
    expect(await outcome(...stores)).toEqual([0, 'proven', 'disable', [0, 0]]);
  });

  describe('and the name of a multi-Region key that data keys move from, to its own replica', () => {
    const labelled = async (label: (primary: string, replica: string) => string) => {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({ MultiRegion: true }));
      const primary = KeyMetadata?.Arn ?? '';
      await aws.kms.send(new ReplicateKeyCommand({ KeyId: primary, ReplicaRegion: 'eu-west-1' }));
      const replica = primary.replace('us-east-1', 'eu-west-1');
      const made = new GenerateDataKeyWithoutPlaintextCommand({ KeyId: primary, KeySpec: 'AES_256' });
      const { CiphertextBlob } = await aws.kms.send(made);
      const name = await table([{ edk: { B: CiphertextBlob! }, label: { S: label(primary, replica) } }]);
      const stores = [attributes(name, { encoding: 'binary' })];
      const keys = { source: { keys: [primary] }, destination: { key: replica } };
      const codes: number[] = [];
      for (const mode of ['migrate', 'verify'])
        codes.push((await player.play({ ...job(...stores), ...keys }, mode)).code);
      return codes;
    };

    it('is found: a reader may ask KMS in the old Region', async () => {
      expect(await labelled(primary => primary)).toEqual([1, 1]);
    });

    it('is not found in that of the replica, nor in the id that both have', async () => {
      expect(await labelled((_, replica) => replica)).toEqual([0, 0]);
      expect(await labelled(primary => primary.replace(/.*\//, ''))).toEqual([0, 0]);
    });
  });
});
