import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import createCredstash from 'aws-credstash';
import { same, type Client, type Place, type Written } from '../client.ts';

const TABLE = 'aws-credstash';

interface Secret {
  readonly name: string;
  readonly version: number;
  readonly secret: string;
  readonly context?: Readonly<Record<string, string>>;
}

const SECRETS: readonly Secret[] = [
  { name: 'plain', version: 1, secret: 'one' },
  { name: 'plain', version: 2, secret: 'two' },
  { name: 'app.password', version: 1, secret: 'drei \u00fc', context: { app: 'db', environment: 'test' } },
  { name: 'app.token', version: 1, secret: 'vier', context: { app: 'web' } },
];

/** Secrets under several contexts and under none, with versions, in one table. */
export const awsCredstash: Client = {
  name: 'aws-credstash',
  software: 'npm aws-credstash 3.0.1',

  async write(place: Place): Promise<Written> {
    await createTable(place);
    const credstash = open(place);
    for (const secret of SECRETS) await credstash.putSecret(secret);
    return { dataKeys: SECRETS.length, tables: [TABLE], details: SECRETS };
  },

  async read(place: Place, { details }: Written): Promise<void> {
    const credstash = open(place);
    for (const { name, version, secret, context } of details as readonly Secret[]) {
      const asked = { name, ...(context !== undefined && { context }) };
      same(`${name} ${version}`, await credstash.getSecret({ ...asked, version }), secret);
      const versions = await credstash.getAllVersions(asked);
      same(`versions of ${name}`, versions.find(one => Number(one.version) === version)?.secret, secret);
    }
  },
};

function open({ endpoint, keyArn }: Place) {
  return createCredstash({ table: TABLE, kmsKey: keyArn, awsOpts: { endpoint, region: 'us-east-1' } });
}

/** As createDdbTable makes it, which then waits for two seconds. */
async function createTable({ endpoint }: Place): Promise<void> {
  const dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: [
        { AttributeName: 'name', KeyType: 'HASH' },
        { AttributeName: 'version', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['name', 'version'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    }),
  );
  dynamodb.destroy();
}
