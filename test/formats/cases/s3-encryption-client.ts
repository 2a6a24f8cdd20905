import { readFileSync } from 'node:fs';
import type { ObjectRecord } from '../../../lambda/core/model/record.ts';
import { s3EncryptionClientFormat } from '../../../lambda/formats/s3-encryption-client/index.ts';
import { object } from '../../support/builders.ts';
import type { FormatCase } from '../format-case.ts';

interface Vectors {
  readonly client: string;
  readonly oldKey: string;
  readonly buckets: Readonly<Record<string, Readonly<Record<string, Stored>>>>;
}

interface Stored {
  readonly metadata: Record<string, string>;
  readonly body: string;
}

const FILES = [
  ...['s3ec_java_sdk1-aws-java-sdk-s3-1.12.788.json', 's3ec_java_sdk1_forms-aws-java-sdk-s3-1.12.788.json'],
  ...[
    's3ec_java_v3-3.5.0.json',
    's3ec_java_v4_contexts-4.0.1.json',
    's3ec_py-4.0.0.json',
    's3ec_go-3.2.0.json',
  ],
];
const type = 's3-encryption-client';
const definition = s3EncryptionClientFormat;

/** What real clients wrote, in the folders of the vectors. */
const written: readonly {
  readonly client: string;
  readonly oldKey: string;
  readonly record: ObjectRecord;
}[] = FILES.flatMap(file => {
  const { client, oldKey, buckets } = JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8')) as Vectors;
  return Object.values(buckets).flatMap(objects =>
    Object.entries(objects).map(([key, stored]) => ({ client, oldKey, record: asRead(key, stored) })),
  );
});

/** As a store reads it: the bodies of instruction files alone. */
function asRead(key: string, { metadata, body }: Stored): ObjectRecord {
  const B = Buffer.from(body, 'base64');
  return object(key, metadata, {
    size: B.length,
    ...(key.endsWith('.instruction') && { body: { B } }),
  });
}

/** Whether an object names its key itself, by ARN or id, and not by an alias. */
function namesKey({ record, oldKey }: (typeof written)[number]): boolean {
  const text = record.metadata['x-amz-matdesc'] ?? bodyText(record);
  return text.includes('kms_cmk_id') && text.includes(oldKey.slice(oldKey.indexOf('/') + 1));
}

function bodyText({ body }: ObjectRecord): string {
  return body !== undefined && 'B' in body ? Buffer.from(body.B).toString() : '';
}

const plain = object('notes.txt', { author: 'a' });
const [inV2] = written.filter(({ record }) => record.metadata['x-amz-wrap-alg'] === 'kms+context');
const without = [
  plain,
  ...written
    .map(({ record }) => record)
    .filter(({ locator, metadata }) => !locator.endsWith('.instruction') && !holdsDataKey(metadata)),
];
const inDoubt = [
  // Under a key of the application; and with a key id in a description that S3 shows as encoded words.
  ...written
    .filter(({ record }) => ['raw/aes-1.txt', 'arn/uni.x'].includes(record.locator))
    .map(({ record }) => record),
  ...['x-amz-wrap-alg', 'x-amz-key-v2'].map(name => withoutField(inV2!.record, name)),
];

function holdsDataKey(metadata: Readonly<Record<string, string>>): boolean {
  return 'x-amz-key-v2' in metadata || 'x-amz-3' in metadata;
}

function withoutField(record: ObjectRecord, gone: string): ObjectRecord {
  const metadata = Object.entries(record.metadata).filter(([name]) => name !== gone);
  return { ...record, metadata: Object.fromEntries(metadata) };
}

/** One of each kind: the others differ in their bytes alone. */
const CASES = [
  ...['v1/desc-1.txt', 'v1alias/ae-1.txt', 'v1i/ae-1.txt.instruction', 'v2/desc-1.txt'],
  ...['id/desc.x', 'arn-i/uni.x.instruction', 'id-i/desc.x.instruction'],
  ...['metadata/context-1.txt', 'instruction/context-1.txt.instruction'],
  ...['v3/uni', 'v3i/uni.instruction', 'v2i/cjk.instruction', 'v3/ctx', 'v2/html', 'v2/uni'],
];

export const cases: readonly FormatCase[] = written
  .filter(({ record }) => CASES.includes(record.locator))
  .map(one => ({
    title: `${one.client} ${one.record.locator}`,
    ...{ definition, config: { type }, record: one.record, dataKeys: 1, inDoubt, without },
    ...(namesKey(one) && { recordedKeyArn: one.oldKey }),
  }));
