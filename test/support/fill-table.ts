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

/** An RSA_2048 private key as KMS encrypts it, in PKCS #8. */
const PRIVATE_KEY_BYTES = 1_217;

/**
 * Items with data keys from all operations that make some. The last of each four is as long as a private key of RSA. Only
 * the first of these is one: making it takes a quarter of a second, and what KMS does with it does not depend on what it is.
 */
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
    const B = await dataKey(clients, keyId, { index, realPair: index < first + 4 });
    const Item = { id: { S: `i-${index}` }, edk: { B } };
    await clients.dynamodb.send(new PutItemCommand({ TableName: table, Item }));
  }
}

async function dataKey(
  { kms }: Clients,
  KeyId: string,
  { index, realPair }: { readonly index: number; readonly realPair: boolean },
): Promise<Uint8Array> {
  const of = { KeyId, EncryptionContext: CONTEXT };
  const encrypt = async (Plaintext: Uint8Array): Promise<Uint8Array> =>
    (await kms.send(new EncryptCommand({ ...of, Plaintext }))).CiphertextBlob!;
  switch (index % 4) {
    case 0:
      return (await kms.send(new GenerateDataKeyCommand({ ...of, KeySpec: 'AES_256' }))).CiphertextBlob!;
    case 1:
      return (await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ ...of, NumberOfBytes: 64 })))
        .CiphertextBlob!;
    case 2:
      return encrypt(Buffer.from(`own key ${index}`));
    default:
      if (!realPair) return encrypt(Buffer.alloc(PRIVATE_KEY_BYTES, index));
      return (
        await kms.send(new GenerateDataKeyPairWithoutPlaintextCommand({ ...of, KeyPairSpec: 'RSA_2048' }))
      ).PrivateKeyCiphertextBlob!;
  }
}
