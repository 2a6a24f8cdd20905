import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { openStore, storeCatalogs } from '../../lambda/adapters/stores/registry.ts';
import { embedded, type Embedded } from '../support/embedded.ts';

/** A scan works on a local index as well as on a global one. */
describe('a local index', () => {
  let aws: Embedded;
  let clients: AwsClients;
  beforeAll(async () => {
    aws = await embedded();
    clients = new AwsClients({ endpoint: aws.endpoint });
    const index = (IndexName: string, names: readonly string[]) => ({
      IndexName,
      KeySchema: names.map((AttributeName, at) => ({
        AttributeName,
        KeyType: at === 0 ? ('HASH' as const) : ('RANGE' as const),
      })),
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    });
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: 'Parts',
        KeySchema: index('', ['id', 'part']).KeySchema,
        AttributeDefinitions: ['id', 'part', 'sku', 'owner'].map(AttributeName => ({
          AttributeName,
          AttributeType: 'S' as const,
        })),
        GlobalSecondaryIndexes: [index('by-owner', ['owner'])],
        LocalSecondaryIndexes: [index('by-sku', ['id', 'sku'])],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (let part = 0; part < 6; part++) {
      const inIndex = part % 2 === 0 ? { sku: { S: `sku-${part}` } } : {};
      const Item = { id: { S: 'x' }, part: { S: `${part}` }, edk: { B: Buffer.of(part) }, ...inIndex };
      await aws.dynamodb.send(new PutItemCommand({ TableName: 'Parts', Item }));
    }
  });
  afterAll(() => aws.stop());

  it('is one of the indexes that Plan knows, beside global ones', async () => {
    const found = await storeCatalogs(clients).dynamodb.describeTable({
      region: 'us-east-1',
      table: 'Parts',
    });
    expect(found).toMatchObject({ kind: 'found', description: { indexNames: ['by-owner', 'by-sku'] } });
  });

  it('is scanned for the items that it has; each is read as a whole', async () => {
    const records = await openStore(
      {
        type: 'dynamodb',
        table: 'Parts',
        format: { type: 'attribute', dataKey: 'edk' },
        scope: { index: 'by-sku' },
      },
      { clients, region: 'us-east-1', needs: [] },
    );
    const page = await records.readPage(
      { type: 'segment', segment: 0, totalSegments: 1 },
      { pageSize: 100, consistent: true },
    );
    const found = page.records.map(record => record.kind === 'item' && Object.keys(record.attributes).sort());
    expect(found).toEqual(Array(3).fill(['edk', 'id', 'part', 'sku']));
  });

  it('is read in pages of a few of the largest items, without missing any', async () => {
    const table = 'Large';
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: ['id', 'owner'].map(AttributeName => ({
          AttributeName,
          AttributeType: 'S' as const,
        })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-owner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const ids = Array.from({ length: 24 }, (_, at) => `item-${String(at).padStart(2, '0')}`);
    for (const [at, id] of ids.entries())
      await aws.dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: { id: { S: id }, owner: { S: `owner-${at % 3}` }, body: { B: Buffer.alloc(390_000, at) } },
        }),
      );
    const store = { type: 'dynamodb', table, format: { type: 'attribute', dataKey: 'edk' } } as const;
    const records = await openStore(
      { ...store, scope: { index: 'by-owner' } },
      { clients, region: 'us-east-1', needs: [] },
    );
    const found: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const options = { pageSize: 500, consistent: true, ...(cursor !== undefined && { cursor }) };
      const page = await records.readPage({ type: 'segment', segment: 0, totalSegments: 1 }, options);
      found.push(...page.records.map(({ locator }) => locator));
      sizes.push(page.records.length);
      cursor = page.cursor;
      more = cursor !== undefined;
    }
    expect(found.sort()).toEqual(ids.map(id => JSON.stringify({ id: { S: id } })));
    // The items in 4 MB, plus one.
    expect(Math.max(...sizes)).toBeLessThanOrEqual(11);
  });
});
