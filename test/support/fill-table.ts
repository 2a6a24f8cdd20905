import { CreateTableCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';

/** The encryption context of every data key here. */
export const CONTEXT = { purpose: 'orders' };

interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
}

interface Filling {
  readonly keyId: string;
  readonly items: number;
  /** Number of the first item; with 0 the table is made. @default 0 */
  readonly first?: number;
}

/** Items with data keys from all operations that make some; the last of each four is a private key of 1.2 KB. */
export async function fill(
  clients: Clients,
  table: string,
  { keyId, items, first = 0 }: Filling,
): Promise<void> {
  if (first === 0)
    await clients.dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  for (let index = first; index < first + items; index++) {
    const B = await dataKey(clients, keyId, index);
    const Item = { id: { S: `i-${index}` }, edk: { B } };
    await clients.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  }
}

async function dataKey({ kms }: Clients, KeyId: string, index: number): Promise<Uint8Array> {
  const of = { KeyId, EncryptionContext: CONTEXT };
  switch (index % 4) {
    case 0:
      return (await kms.send(new GenerateDataKeyCommand({ ...of, KeySpec: 'AES_256' }))).CiphertextBlob!;
    case 1:
      return (await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ ...of, NumberOfBytes: 64 })))
        .CiphertextBlob!;
    case 2:
      return (await kms.send(new EncryptCommand({ ...of, Plaintext: Buffer.from(`own key ${index}`) })))
        .CiphertextBlob!;
    default:
      return (
        await kms.send(new GenerateDataKeyPairWithoutPlaintextCommand({ ...of, KeyPairSpec: 'RSA_2048' }))
      ).PrivateKeyCiphertextBlob!;
  }
}
