import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import { EncryptedItems, type Keyed } from '../support/encrypted-items.ts';
import { FormatWorld, type Item } from '../support/format-world.ts';

type KeyType = 'S' | 'N' | 'B';
const secret = Buffer.from('secret');

let world: FormatWorld;
let client: EncryptedItems;
beforeEach(async () => {
  world = await FormatWorld.for('dynamodb-encryption-client');
  client = new EncryptedItems(world);
});
afterEach(() => world.stop());

async function createTable(TableName: string, keys: Record<string, KeyType>): Promise<void> {
  const names = Object.keys(keys);
  await world.aws.dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: names.map(name => ({ AttributeName: name, AttributeType: keys[name]! })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}

async function put(TableName: string, Item: Item): Promise<void> {
  await world.aws.dynamodb.send(new PutItemCommand({ TableName, Item }));
}

const account = (id: Buffer, at: string): Keyed => ({
  table: 'Accounts',
  key: { id: { B: id }, at: { N: at } },
});
const session = (id: string): Keyed => ({ table: 'Sessions', key: { id: { S: id } } });
const accounts = [account(Buffer.from([0, 255]), '-7'), account(Buffer.from('b'), '1.5')];
const sessions = ['one', 'two', 'three'].map(session);

/** Accounts under data keys of their own, and sessions under a key in the MetaStore. */
async function fill(): Promise<void> {
  await createTable('Accounts', { id: 'B', at: 'N' });
  await createTable('MetaStore', { N: 'S', V: 'N' });
  await createTable('Sessions', { id: 'S' });
  await put('Accounts', await client.direct(accounts[0]!, { secret }));
  await put('Accounts', await client.direct(accounts[1]!, { secret }, 'unsorted'));
  const key = randomBytes(32);
  const row = { table: 'MetaStore', key: { N: { S: 'sessions' }, V: { N: '0' } } };
  await put('MetaStore', await client.direct(row, { enc: key, int: randomBytes(32) }));
  for (const one of sessions)
    await put('Sessions', client.recent(one, { secret }, { id: 'sessions#0', key }));
}

async function readAll(): Promise<void> {
  for (const one of [...accounts, ...sessions])
    expect(await client.read(one, 'secret', 'MetaStore')).toEqual(secret);
}

it('everything opens after the example job, with the old key disabled', async () => {
  await fill();
  await readAll();
  const before = await world.items('Sessions');
  const { code, report, advice } = await world.moved();
  expect([code, report.remaining, advice.verdict]).toEqual([0, 0, 'disable']);
  expect(report.stores.map(({ outcomes }) => outcomes['rewrapped'] ?? 0)).toEqual([2, 1, 0]);
  expect(report.stores[2]).toMatchObject({
    ...{ withoutDataKey: 0, verdict: { kind: 'proven' } },
    wrappedBy: [{ table: 'MetaStore', records: 3 }],
  });
  expect(advice.findings).toContainEqual({
    weight: 'note',
    about: 'dynamodb:us-east-1:Sessions',
    words:
      '3 items are encrypted under keys of the MetaStore table MetaStore; re-wrap that table, which a run has done',
  });
  expect(await world.items('Sessions')).toEqual(before);
  await readAll();
});

it('without the MetaStore table in any run, the key is to keep', async () => {
  await fill();
  const [, , sessionsOnly] = (world.job as unknown as { stores: readonly object[] }).stores;
  const { report, advice } = await world.player.play({ ...world.job, stores: [sessionsOnly] });
  expect(report.stores[0]?.verdict.kind).toBe('proven');
  expect(advice.verdict).toBe('keep');
  expect(advice.findings).toContainEqual({
    weight: 'blocks',
    about: 'dynamodb:us-east-1:Sessions',
    words:
      '3 items are encrypted under keys of the MetaStore table MetaStore; re-wrap that table: no completed run has proven it',
  });
  await world.aws.kms.send(new DisableKeyCommand({ KeyId: await world.arnOf(world.source) }));
  await expect(client.read(sessions[0]!, 'secret', 'MetaStore')).rejects.toThrow();
});

it('without the name of the MetaStore, a job for items under its keys is refused, and says what to do', async () => {
  await fill();
  const store = { type: 'dynamodb', table: 'Sessions', format: { type: 'dynamodb-encryption-client' } };
  expect(await world.player.refusal({ ...world.job, stores: [store] })).toContain(
    're-wrap the table of the MetaStore, and name it as "metaStore" in the format',
  );
});
