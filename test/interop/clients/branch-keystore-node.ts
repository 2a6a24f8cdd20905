import { BranchKeyStoreNode } from '@aws-crypto/branch-keystore-node';
import { buildClient, CommitmentPolicy, KmsHierarchicalKeyRingNode } from '@aws-crypto/client-node';
import { CreateTableCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { same, type Client, type Place, type Written } from '../client.ts';

const TABLE = 'branch-keystore-node';
const LOGICAL_NAME = 'logical-name-of-the-store';

interface Message {
  readonly branchKeyId: string;
  readonly text: string;
  /** A message of the Encryption SDK under a version of the branch key, base64. */
  readonly message: string;
}

interface Details {
  readonly messages: readonly Message[];
  /** Ids of versions of branch keys. */
  readonly versions: readonly { readonly branchKeyId: string; readonly version: string }[];
}

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

/** Branch keys of several versions, with and without a context of their own, and messages under each version. */
export const branchKeystoreNode: Client = {
  name: 'branch-keystore-node',
  software: 'npm @aws-crypto/branch-keystore-node 5.0.2, @aws-crypto/client-node 5.0.2',

  async write(place: Place): Promise<Written> {
    await createTable(place);
    const store = open(place, { identifier: place.keyArn });
    const ids = [
      (await store.createKey()).branchKeyIdentifier,
      (
        await store.createKey({
          branchKeyIdentifier: 'tenant-7',
          encryptionContext: { tenant: 'seven', 'aws region': '\u00fc' },
        })
      ).branchKeyIdentifier,
    ];
    const messages: Message[] = [];
    for (const id of ids) messages.push(await say(place, id, 'the first version'));
    await store.versionKey({ branchKeyIdentifier: 'tenant-7' });
    messages.push(await say(place, 'tenant-7', 'the second version'));
    const versions = await versionsIn(place, ids);
    return {
      // Each branch key has an active one and a beacon key beside its versions.
      dataKeys: versions.length + 2 * ids.length,
      tables: [TABLE],
      details: { messages, versions } satisfies Details,
    };
  },

  async read(place: Place, { details }: Written): Promise<void> {
    const { messages, versions } = details as Details;
    for (const { branchKeyId, text, message } of messages) {
      const { plaintext } = await decrypt(keyring(place, branchKeyId), Buffer.from(message, 'base64'));
      same(`a message under ${branchKeyId}`, plaintext.toString('utf8'), text);
    }
    const store = open(place, 'discovery');
    for (const { branchKeyId, version } of versions) {
      await store.getActiveBranchKey(branchKeyId);
      await store.getBranchKeyVersion(branchKeyId, version);
    }
    // Readers that name their key find it in the store, and may make a new version.
    const pinned = open(place, { identifier: place.keyArn });
    await pinned.versionKey({ branchKeyIdentifier: 'tenant-7' });
    const { branchKeyId, text, message } = await say(place, 'tenant-7', 'a version made later');
    const { plaintext } = await decrypt(keyring(place, branchKeyId), Buffer.from(message, 'base64'));
    same('a message under a version made later', plaintext.toString('utf8'), text);
  },
};

function open(
  { endpoint }: Place,
  kmsConfiguration: ConstructorParameters<typeof BranchKeyStoreNode>[0]['kmsConfiguration'],
): BranchKeyStoreNode {
  return new BranchKeyStoreNode({
    logicalKeyStoreName: LOGICAL_NAME,
    kmsConfiguration,
    keyManagement: { kmsClient: new KMSClient({ endpoint, region: 'us-east-1' }) },
    storage: { ddbTableName: TABLE, ddbClient: new DynamoDBClient({ endpoint, region: 'us-east-1' }) },
  });
}

function keyring(place: Place, branchKeyId: string): KmsHierarchicalKeyRingNode {
  return new KmsHierarchicalKeyRingNode({
    branchKeyId,
    keyStore: open(place, 'discovery'),
    cacheLimitTtl: 60,
  });
}

async function say(place: Place, branchKeyId: string, text: string): Promise<Message> {
  const { result } = await encrypt(keyring(place, branchKeyId), Buffer.from(text));
  return { branchKeyId, text, message: result.toString('base64') };
}

async function versionsIn({ endpoint }: Place, ids: readonly string[]): Promise<Details['versions']> {
  const dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  const found = [];
  for (const branchKeyId of ids) {
    const { Items = [] } = await dynamodb.send(
      new QueryCommand({
        TableName: TABLE,
        KeyConditionExpression: '#id = :id AND begins_with(#type, :version)',
        ExpressionAttributeNames: { '#id': 'branch-key-id', '#type': 'type' },
        ExpressionAttributeValues: { ':id': { S: branchKeyId }, ':version': { S: 'branch:version:' } },
      }),
    );
    for (const { type } of Items)
      found.push({ branchKeyId, version: (type?.S ?? '').slice('branch:version:'.length) });
  }
  dynamodb.destroy();
  return found;
}

async function createTable({ endpoint }: Place): Promise<void> {
  const dynamodb = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  const names = ['branch-key-id', 'type'];
  await dynamodb.send(
    new CreateTableCommand({
      TableName: TABLE,
      KeySchema: names.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      AttributeDefinitions: names.map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  dynamodb.destroy();
}
