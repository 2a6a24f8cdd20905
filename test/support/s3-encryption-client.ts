import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Writes and reads objects as the specification of the S3 Encryption Client has it (github.com/aws, s3-encryption), and as its
 * clients do where they differ. It shares nothing with the product.
 */
export interface Written {
  readonly key: string;
  readonly version: 'kms' | 'kms+context' | 'v3';
  /** What the client is configured with. */
  readonly kmsKeyId: string;
  readonly context?: Readonly<Record<string, string>>;
  /** Added to the context, and not stored. */
  readonly unstored?: Readonly<Record<string, string>>;
  /** How the client writes JSON. @default JSON.stringify */
  readonly json?: (of: object) => string;
  /** The fields go to a file of their own; `marked` as the Java clients do. */
  readonly instructionFile?: { readonly suffix: string; readonly marked: boolean };
}

export interface Clients {
  readonly s3: S3Client;
  readonly kms: KMSClient;
  readonly bucket: string;
}

type Fields = Readonly<Record<string, string>>;

const TEXT = 'the content of ';
const SUITE = Buffer.from([0, 115]);
const COMMITTING_IV = Buffer.alloc(12, 1);
const IN_THE_OBJECT = ['x-amz-c', 'x-amz-d', 'x-amz-i'];

export async function write({ s3, kms, bucket }: Clients, one: Written): Promise<void> {
  const { key, version, kmsKeyId, context = {}, unstored = {}, json = JSON.stringify } = one;
  const stored = storedContext(version, kmsKeyId, context);
  const generate = {
    KeyId: kmsKeyId,
    KeySpec: 'AES_256',
    EncryptionContext: { ...stored, ...unstored },
  } as const;
  const { Plaintext = new Uint8Array(), CiphertextBlob = new Uint8Array() } = await kms.send(
    new GenerateDataKeyCommand(generate),
  );
  const edk = Buffer.from(CiphertextBlob).toString('base64');
  const { body, fields } =
    version === 'v3'
      ? sealedV3(Plaintext, TEXT + key, { edk, context: json(stored) })
      : sealedV2(Plaintext, TEXT + key, { edk, context: json(stored), version });
  const { instructionFile: file } = one;
  const stays = Object.entries(fields).filter(([name]) => file === undefined || IN_THE_OBJECT.includes(name));
  const Metadata = { ...asHeaders(Object.fromEntries(stays)), owner: 'kept' };
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, Metadata }));
  if (file === undefined) return;
  const moved = Object.entries(fields).filter(([name]) => !IN_THE_OBJECT.includes(name));
  await s3.send(
    new PutObjectCommand({
      ...{ Bucket: bucket, Key: key + file.suffix, Body: json(Object.fromEntries(moved)) },
      ...(file.marked && { Metadata: { 'x-amz-crypto-instr-file': '' } }),
    }),
  );
}

function storedContext(version: Written['version'], kmsKeyId: string, context: Fields): Fields {
  switch (version) {
    case 'kms':
      return { ...context, kms_cmk_id: kmsKeyId };
    case 'kms+context':
      return { ...context, 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding' };
    case 'v3':
      return { ...context, 'aws:x-amz-cek-alg': '115' };
  }
}

/** HTTP carries bytes, and S3 takes each for a character of ISO 8859-1. */
function asHeaders(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, Buffer.from(text).toString('latin1')]),
  );
}

interface Sealing {
  readonly edk: string;
  readonly context: string;
}

function sealedV2(
  key: Uint8Array,
  text: string,
  { edk, context, version }: Sealing & { readonly version: string },
): { readonly body: Buffer; readonly fields: Fields } {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return {
    body,
    fields: {
      ...{ 'x-amz-key-v2': edk, 'x-amz-wrap-alg': version, 'x-amz-matdesc': context },
      ...{ 'x-amz-iv': iv.toString('base64'), 'x-amz-cek-alg': 'AES/GCM/NoPadding', 'x-amz-tag-len': '128' },
    },
  };
}

function sealedV3(
  key: Uint8Array,
  text: string,
  { edk, context }: Sealing,
): { readonly body: Buffer; readonly fields: Fields } {
  const messageId = randomBytes(28);
  const cipher = createCipheriv('aes-256-gcm', derived(key, messageId, 'DERIVEKEY'), COMMITTING_IV).setAAD(
    SUITE,
  );
  const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return {
    body,
    fields: {
      ...{ 'x-amz-3': edk, 'x-amz-w': '12', 'x-amz-t': context, 'x-amz-c': '115' },
      ...{
        'x-amz-d': derived(key, messageId, 'COMMITKEY').toString('base64'),
        'x-amz-i': messageId.toString('base64'),
      },
    },
  };
}

function derived(key: Uint8Array, messageId: Uint8Array, use: 'DERIVEKEY' | 'COMMITKEY'): Buffer {
  const info = Buffer.concat([SUITE, Buffer.from(use)]);
  return Buffer.from(hkdfSync('sha512', key, messageId, info, use === 'DERIVEKEY' ? 32 : 28));
}

/**
 * Reads an object as the strictest client does, which has the key named as its job: the description must name that very key,
 * and KMS must decrypt with it. Throws if anything differs.
 */
export async function read({ s3, kms, bucket }: Clients, one: Written): Promise<string> {
  const { key, version, kmsKeyId, context = {}, unstored = {}, instructionFile } = one;
  const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const body = Buffer.from(await object.Body!.transformToByteArray());
  const fields = new Map(Object.entries(object.Metadata ?? {}));
  if (fields.get('owner') !== 'kept') throw new Error('the metadata of the application are gone');
  if (instructionFile !== undefined)
    for (const [name, text] of Object.entries(
      await instructions({ s3, kms, bucket }, key + instructionFile.suffix),
    ))
      fields.set(name, text);
  const stored = JSON.parse(
    asWritten(fields.get(version === 'v3' ? 'x-amz-t' : 'x-amz-matdesc') ?? ''),
  ) as Fields;
  const expected = storedContext(version, kmsKeyId, context);
  if (JSON.stringify(sorted(stored)) !== JSON.stringify(sorted(expected)))
    throw new Error(`the description is ${JSON.stringify(stored)}, not ${JSON.stringify(expected)}`);
  const edk = Buffer.from(fields.get(version === 'v3' ? 'x-amz-3' : 'x-amz-key-v2') ?? '', 'base64');
  const { Plaintext = new Uint8Array() } = await kms.send(
    new DecryptCommand({
      KeyId: kmsKeyId,
      CiphertextBlob: edk,
      EncryptionContext: { ...stored, ...unstored },
    }),
  );
  return version === 'v3' ? openedV3(Plaintext, body, fields) : openedV2(Plaintext, body, fields);
}

async function instructions({ s3, bucket }: Clients, key: string): Promise<Fields> {
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: head.ETag }));
  return JSON.parse(await Body!.transformToString()) as Fields;
}

/** Undoes what S3 did: words of RFC 2047 that hold the bytes of the text, each as a character. */
function asWritten(shown: string): string {
  const [, encoded] = /^=\?UTF-8\?Q\?(.*)\?=$/.exec(shown) ?? [];
  if (encoded === undefined) return shown;
  const characters = decodeURIComponent(
    encoded.replaceAll('_', ' ').replace(/%/g, '%25').replaceAll('=', '%'),
  );
  return Buffer.from(characters, 'latin1').toString('utf8');
}

function sorted(of: Fields): readonly (readonly [string, string])[] {
  return Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1));
}

function openedV2(key: Uint8Array, body: Buffer, fields: ReadonlyMap<string, string>): string {
  const iv = Buffer.from(fields.get('x-amz-iv') ?? '', 'base64');
  return opened(createDecipheriv('aes-256-gcm', key, iv), body);
}

function openedV3(key: Uint8Array, body: Buffer, fields: ReadonlyMap<string, string>): string {
  const messageId = Buffer.from(fields.get('x-amz-i') ?? '', 'base64');
  if (derived(key, messageId, 'COMMITKEY').toString('base64') !== fields.get('x-amz-d'))
    throw new Error('the commitment is to another data key');
  const content = derived(key, messageId, 'DERIVEKEY');
  return opened(createDecipheriv('aes-256-gcm', content, COMMITTING_IV).setAAD(SUITE), body);
}

function opened(
  decipher: ReturnType<typeof createDecipheriv> & { setAuthTag(tag: Buffer): void },
  body: Buffer,
): string {
  decipher.setAuthTag(body.subarray(-16));
  return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]).toString();
}

export function contentOf({ key }: Written): string {
  return TEXT + key;
}
