import {
  CreateTableCommand,
  DeleteTableCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CreateKeyCommand,
  DecryptCommand,
  GenerateDataKeyWithoutPlaintextCommand,
} from '@aws-sdk/client-kms';
import { embedded, type Embedded } from '../support/embedded.ts';
import { JobPlayer } from '../support/play-job.ts';

/** Several runs, and what happens between them: what was true of a key once must not be said when it no longer is. */
describe('over time, a key is kept', () => {
  let aws: Embedded;
  let player: JobPlayer;
  let number = 0;
  beforeAll(async () => {
    aws = await embedded();
  });
  beforeEach(() => {
    player = new JobPlayer(aws);
  });
  afterAll(() => aws.stop());

  const key = async (): Promise<string> =>
    (await aws.kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  const edk = async (KeyId: string): Promise<AttributeValue> => {
    const made = await aws.kms.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' }),
    );
    return { B: made.CiphertextBlob ?? new Uint8Array() };
  };
  const make = async (TableName: string): Promise<void> => {
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  };
  const put = async (TableName: string, id: string, more: Record<string, AttributeValue>): Promise<void> => {
    await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, ...more } }));
  };
  /** A table with data keys under these keys. */
  const table = async (...under: readonly string[]): Promise<string> => {
    const name = `Table${++number}`;
    await make(name);
    for (const [at, keyArn] of under.entries()) await put(name, `i${at}`, { edk: await edk(keyArn) });
    return name;
  };
  /** The keys that the data keys of a table really are under, as KMS says. */
  const under = async (TableName: string): Promise<readonly string[]> => {
    const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName }));
    const keys = Items.map(async ({ edk: held }) => {
      const opened = await aws.kms.send(new DecryptCommand({ CiphertextBlob: held?.B ?? new Uint8Array() }));
      return opened.KeyId ?? '';
    });
    return [...new Set(await Promise.all(keys))];
  };
  const store = (name: string, more: object = {}): object => ({
    ...{ type: 'dynamodb', table: name, format: { type: 'attribute', dataKey: 'edk' } },
    ...more,
  });
  const job = (name: string, from: readonly string[], to: string, ...stores: readonly object[]): object => ({
    ...{ name, source: { keys: from }, destination: { key: to }, stores },
  });

  it('under which a run has left data keys, although its job moves to another key since', async () => {
    const [first, second, third] = [await key(), await key(), await key()];
    const [orders, invoices] = [await table(first, first), await table(second)];
    await player.play(job('orders', [first], second, store(orders)));
    // The operator meant to move on to the third key, and forgot to name the second one as a source.
    await put(orders, 'late', { edk: await edk(first) });
    const changed = job('orders', [first], third, store(orders));
    await player.play(changed);
    const other = job('invoices', [second], third, store(invoices));
    expect((await player.play(other)).code).toBe(0);
    expect(await under(orders)).toContain(second);
    const advice = await player.advise(second, [changed, other]);
    expect(advice.verdict).toBe('keep');
  });

  it('that the source of a copy is under, although the copy was proven by another job since', async () => {
    const [from, to] = [await key(), await key()];
    const [orders, copy] = [await table(from), await table()];
    const [item = {}] = (await aws.dynamodb.send(new ScanCommand({ TableName: orders }))).Items ?? [];
    await put(copy, 'i0', item);
    const copies = job('copies', [from], to, store(orders, { copyTo: { table: copy, region: 'us-east-1' } }));
    await player.play(copies);
    expect(await under(copy)).toEqual([to]);
    const inPlace = job('in-place', [from], to, store(copy));
    expect((await player.play(inPlace)).code).toBe(0);
    expect(await under(orders)).toEqual([from]);
    expect((await player.advise(from, [copies, inPlace])).verdict).toBe('keep');
    expect((await player.advise(from, [inPlace])).verdict).toBe('keep');
  });

  it('no longer, once the source of a copy is moved in place as well, whatever else the job that copies does', async () => {
    const [from, to] = [await key(), await key()];
    const [orders, copy, invoices] = [await table(from), await table(), await table(from)];
    const [item = {}] = (await aws.dynamodb.send(new ScanCommand({ TableName: orders }))).Items ?? [];
    await put(copy, 'i0', item);
    const copied = store(orders, { copyTo: { table: copy, region: 'us-east-1' } });
    const both = job('both', [from], to, copied, store(invoices));
    await player.play(both);
    expect((await player.advise(from, [both])).verdict).toBe('keep');
    const moves = job('moves', [from], to, store(orders));
    await player.play(moves);
    expect([await under(orders), await under(copy), await under(invoices)]).toEqual([[to], [to], [to]]);
    expect((await player.advise(from, [both, moves])).verdict).toBe('disable');
  });

  it('if a table was deleted since, and was made again with old records', async () => {
    const [from, to] = [await key(), await key()];
    const orders = await table(from);
    const of = job('orders', [from], to, store(orders));
    const { Items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName: orders }));
    expect((await player.play(of)).advice.verdict).toBe('disable');
    await aws.dynamodb.send(new DeleteTableCommand({ TableName: orders }));
    await make(orders);
    await put(orders, 'i0', Items[0] ?? {});
    expect(await under(orders)).toEqual([from]);
    expect((await player.advise(from, [of])).verdict).toBe('keep');
    expect((await player.play(of, 'migrate')).advice.verdict).toBe('disable');
  });
});
