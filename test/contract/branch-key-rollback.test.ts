import { BranchKeyStoreNode } from '@aws-crypto/branch-keystore-node';
import { CreateTableCommand, DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { AwsClients } from '../../lambda/adapters/aws/clients.ts';
import { S3IntentArchive } from '../../lambda/adapters/journal/intent-archive.ts';
import { S3Journal } from '../../lambda/adapters/journal/journal.ts';
import { KmsChannel } from '../../lambda/adapters/kms/channel.ts';
import { KmsKeyService } from '../../lambda/adapters/kms/key-service.ts';
import { openStore } from '../../lambda/adapters/stores/registry.ts';
import { migrateUnit } from '../../lambda/core/migrate-unit.ts';
import { needsOf } from '../../lambda/core/model/format.ts';
import type { RunPlan } from '../../lambda/core/model/run-plan.ts';
import { rollbackUnit } from '../../lambda/core/rollback/rollback-unit.ts';
import { unitScope, type UnitScope } from '../../lambda/core/scan/unit-scope.ts';
import { formats } from '../../lambda/formats/registry.ts';
import { mutationItem } from '../support/branch-key-items.ts';
import { plan, planned, UNIT } from '../support/builders.ts';
import { createKey, embedded, type Embedded } from '../support/embedded.ts';
import { fakePorts } from '../support/fake-ports.ts';

const NAME = 'Keys';
const ID = 'tenant-1';

describe('a run over branch keys', () => {
  let aws: Embedded;
  let keys: { readonly old: string; readonly new: string };
  beforeAll(async () => {
    aws = await embedded();
    keys = { old: await createKey(aws.kms), new: await createKey(aws.kms) };
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'journal' }));
    const names = ['branch-key-id', 'type'];
    await aws.dynamodb.send(
      new CreateTableCommand({
        TableName: NAME,
        KeySchema: names.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  });
  afterAll(() => aws.stop());

  const open = (identifier: string) =>
    new BranchKeyStoreNode({
      logicalKeyStoreName: NAME,
      kmsConfiguration: { identifier },
      keyManagement: { kmsClient: aws.kms },
      storage: { ddbTableName: NAME, ddbClient: aws.dynamodb },
    });
  const items = async () => (await aws.dynamodb.send(new ScanCommand({ TableName: NAME }))).Items;

  function scopeOf(changes: Partial<RunPlan>): UnitScope {
    const { runId = '' } = changes;
    const stores = [{ type: 'dynamodb', table: NAME, format: { type: 'branch-key-store' } }] as const;
    const between = { sources: [planned(keys.old)], destination: planned(keys.new) };
    return unitScope({ ...UNIT, runId }, plan({ ...changes, stores, ...between }), formats);
  }

  async function portsOf({ store, format }: UnitScope) {
    const clients = new AwsClients({ endpoint: aws.endpoint });
    const place = { bucket: 'journal', job: 'orders' };
    return {
      ...fakePorts(),
      records: await openStore(store, { clients, region: 'us-east-1', ...needsOf(format) }),
      keys: new KmsKeyService(new KmsChannel({ endpoint: aws.endpoint, patienceMs: [] })),
      journal: new S3Journal(aws.s3, place),
      archive: new S3IntentArchive(aws.s3, place),
    };
  }

  const rolledBack = async (runId: string) => {
    const scope = scopeOf({ runId, mode: 'rollback', rollsBack: 'run-1' });
    return (await rollbackUnit(scope, await portsOf(scope))).books.outcomes;
  };

  it('is rolled back once no mutation is in flight, byte for byte, and its readers go on with the old key', async () => {
    await open(keys.old).createKey({ branchKeyIdentifier: ID, encryptionContext: { a: 'b' } });
    const before = await items();
    const scope = scopeOf({ runId: 'run-1' });
    const { books } = await migrateUnit(scope, await portsOf(scope));
    expect(books.outcomes).toEqual({ rewrapped: 3 });
    await expect(open(keys.new).getActiveBranchKey(ID)).resolves.toBeDefined();

    const mutation = mutationItem(ID, 'branch:MUTATION_INDEX');
    await aws.dynamodb.send(new PutItemCommand({ TableName: NAME, Item: mutation as never }));
    expect(await rolledBack('run-2')).toEqual({ blocked: 3 });
    const { 'branch-key-id': id, type } = mutation;
    await aws.dynamodb.send(
      new DeleteItemCommand({ TableName: NAME, Key: { 'branch-key-id': id, type } as never }),
    );
    expect(await rolledBack('run-3')).toEqual({ restored: 3 });
    expect(await items()).toEqual(before);
    await expect(open(keys.old).getActiveBranchKey(ID)).resolves.toBeDefined();
  });
});
