import { DynamoDBClient, GetItemCommand, paginateScan, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { storedMetadata } from '../../emulator/s3/metadata-words.ts';
import type { ObjectParts } from './records.ts';
import type { Party, Wire } from './wire.ts';

/** The clients of one party, with the SDK's own retries. */
export interface Clients {
  readonly kms: KMSClient;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
}

export function clientsOf(wire: Wire, party: Party): Clients {
  const config = wire.configOf(party);
  return { kms: new KMSClient(config), dynamodb: new DynamoDBClient(config), s3: new S3Client(config) };
}

export async function readItem(
  { dynamodb }: Clients,
  table: string,
  id: string,
): Promise<Record<string, AttributeValue> | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item;
}

export async function readItems(
  { dynamodb: client }: Clients,
  table: string,
): Promise<readonly Record<string, AttributeValue>[]> {
  const items: Record<string, AttributeValue>[] = [];
  for await (const { Items } of paginateScan({ client }, { TableName: table, ConsistentRead: true }))
    items.push(...(Items ?? []));
  return items;
}

/** An object with everything that S3 keeps about it; `undefined` if it does not exist. */
export async function readObject(
  { s3 }: Clients,
  bucket: string,
  key: string,
): Promise<ObjectParts | undefined> {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
    return {
      body: (await object.Body?.transformToByteArray()) ?? new Uint8Array(),
      metadata: asWritten(object.Metadata ?? {}),
      contentType: object.ContentType ?? '',
      cacheControl: object.CacheControl ?? '',
      storageClass: object.StorageClass ?? 'STANDARD',
      tags: Object.fromEntries((TagSet ?? []).map(({ Key, Value }) => [Key, Value])) as Record<
        string,
        string
      >,
    };
  } catch (error) {
    if ((error as Error).name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** S3 answers text beyond ASCII in the encoded words of RFC 2047, whose text is what was written. */
function asWritten(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, storedMetadata(value)]));
}

export async function listKeys(
  { s3: client }: Clients,
  bucket: string,
  prefix: string,
): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
    keys.push(...(Contents ?? []).flatMap(({ Key }) => Key ?? []));
  return keys;
}

type Decrypted = { readonly plaintext: Buffer; readonly keyArn: string } | { readonly error: string };

/** Results per client. What a ciphertext opens to changes only with the state of its key, so KMS is asked only once. */
const opened = new WeakMap<KMSClient, Map<string, Decrypted>>();

/** Asks KMS again from now on: the state of a key has changed. */
export function forgetOpened({ kms }: Clients): void {
  opened.delete(kms);
}

/** What KMS says about a data key: its plaintext, and the key that opened it; or the name of the error. */
export async function decrypt(
  { kms }: Clients,
  ciphertext: Uint8Array,
  context: Record<string, string>,
): Promise<Decrypted> {
  const known = opened.get(kms) ?? new Map<string, Decrypted>();
  opened.set(kms, known);
  const asked = `${Buffer.from(ciphertext).toString('base64')} ${JSON.stringify(context)}`;
  const answer = known.get(asked);
  if (answer !== undefined) return answer;
  try {
    const { Plaintext, KeyId } = await kms.send(
      new DecryptCommand({ CiphertextBlob: ciphertext, EncryptionContext: context }),
    );
    const decrypted = { plaintext: Buffer.from(Plaintext ?? []), keyArn: KeyId ?? '' };
    known.set(asked, decrypted);
    return decrypted;
  } catch (error) {
    return { error: (error as Error).name };
  }
}
