import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  type KMSClient,
} from '@aws-sdk/client-kms';
import { simpleTable } from './simple-table.ts';

/** The encryption context of every data key here. */
export const CONTEXT = { purpose: 'orders' };

interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
}

interface Filling {
  readonly keyId: string;
  readonly items: number;
  /** Number of the first item. If it is 0, the table is created. @default 0 */
  readonly first?: number;
}

/** The length of an RSA_2048 private key in PKCS #8, which is the form that KMS encrypts. */
const PRIVATE_KEY_BYTES = 1_217;

/**
 * Puts items with data keys from all operations that make data keys. Every fourth data key is as long as an RSA private key,
 * but only the first of these is a real one: making one takes a quarter of a second, and KMS handles any bytes alike.
 */
export async function fill(
  clients: Clients,
  table: string,
  { keyId, items, first = 0 }: Filling,
): Promise<void> {
  if (first === 0) await simpleTable(clients.dynamodb, table);
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
