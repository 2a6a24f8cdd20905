import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import createCredstash from 'aws-credstash';
import { FormatWorld, type Context } from '../support/format-world.ts';

const TABLE = 'credential-store';
const SECRETS: readonly { name: string; version: number; secret: string; context?: Context }[] = [
  { name: 'api', version: 1, secret: 'one' },
  { name: 'api', version: 2, secret: 'zwei ü' },
  { name: 'prod.db', version: 1, secret: 'three', context: { env: 'prod' } },
  { name: 'prod.old', version: 1, secret: 'four' },
  { name: 'web.token', version: 1, secret: 'five', context: { kind: 'token', name: 'web.token' } },
];

let world: FormatWorld;
afterEach(() => world.stop());

async function createTable(): Promise<void> {
  await world.aws.dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [
        { AttributeName: 'name', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['name', 'version'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}

it('aws-credstash reads every version of every secret after the example job, with the old key disabled', async () => {
  world = await FormatWorld.for('credstash');
  await createTable();
  const credstash = createCredstash({
    ...{ table: TABLE, kmsKey: world.source },
    awsOpts: { endpoint: world.aws.endpoint, region: 'us-east-1' },
  });
  for (const secret of SECRETS) await credstash.putSecret(secret);
  // The Python client writes the MAC as binary.
  for (const { hmac, ...item } of await world.items(TABLE))
    if (item['name']?.S === 'prod.old')
      await world.aws.dynamodb.send(
        new PutItemCommand({ TableName: TABLE, Item: { ...item, hmac: { B: Buffer.from(hmac?.S ?? '') } } }),
      );
  const lock = { name: { S: '#lock' }, version: { S: '0' }, owner: { S: 'deploy' } };
  await world.aws.dynamodb.send(new PutItemCommand({ TableName: TABLE, Item: lock }));

  const { code, report, advice } = await world.moved();

  expect([code, report.remaining, advice.verdict]).toEqual([0, 0, 'disable']);
  expect(report.stores[0]).toMatchObject({ withoutDataKey: 1, outcomes: { rewrapped: SECRETS.length } });
  for (const { secret, ...asked } of SECRETS) expect(await credstash.getSecret(asked)).toBe(secret);
});
