import {
  CopyObjectCommand,
  GetObjectAnnotationCommand,
  HeadObjectCommand,
  PutObjectAnnotationCommand,
  PutObjectCommand,
  type CopyObjectCommandInput,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { endOf, errorNameOf } from '../waiting.ts';
import type { Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';

const S3 = 'emulator/s3/behaviour.md';
/** An ETag that no object here has. */
const STALE = '"00000000000000000000000000000000"';

export const S3_COPIES: readonly Question[] = [
  {
    id: 's3-copy-in-place',
    service: 'S3',
    open: 'what becomes of the ETag of an object under SSE-S3 that is copied onto itself with new metadata and If-Match',
    where: [S3],
    calls: 'CopyObject onto itself with If-Match, CopySourceIfMatch and the metadata directive REPLACE',
    answers: ['it stays', 'it changes'],
    assumed: 'it stays',
    ask: world => etagAfterCopy(world, 'in-place', {}),
  },
  {
    id: 's3-copy-in-place-under-a-key',
    service: 'S3',
    open: 'the same, of an object under SSE-KMS, whose ETag is no MD5',
    where: [S3],
    calls: 'CopyObject onto itself, with the same key of KMS',
    answers: ['it stays', 'it changes'],
    assumed: 'it changes',
    ask: world =>
      etagAfterCopy(world, 'in-place-kms', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: world.first }),
  },
  {
    id: 's3-copy-if-match',
    service: 'S3',
    open: 'which error a copy has whose destination is another object than If-Match says',
    where: [S3],
    calls: 'CopyObject onto itself with an If-Match that is no longer right',
    answers: ['PreconditionFailed', 'ConditionalRequestConflict', 'accepted'],
    assumed: 'PreconditionFailed',
    ask: world => endOfCopy(world, 'if-match', { IfMatch: STALE }),
  },
  {
    id: 's3-copy-source-if-match',
    service: 'S3',
    open: 'which error a copy has whose source is another object than CopySourceIfMatch says',
    where: [S3],
    calls: 'CopyObject onto itself with a CopySourceIfMatch that is no longer right',
    answers: ['PreconditionFailed', 'accepted'],
    assumed: 'PreconditionFailed',
    ask: world => endOfCopy(world, 'source-if-match', { CopySourceIfMatch: STALE }),
  },
  {
    id: 's3-copy-keeps-annotations',
    service: 'S3',
    open: 'whether annotations come with a copy in place that replaces the metadata',
    where: [S3],
    calls: 'PutObjectAnnotation, CopyObject onto itself, GetObjectAnnotation',
    answers: ['they come with it', 'NoSuchAnnotation'],
    assumed: 'they come with it',
    ask: async world => {
      const at = await annotated(world, 'copied');
      await copy(world, at.Key, {});
      const read = world.here.s3.send(new GetObjectAnnotationCommand({ ...at, AnnotationName: 'note' }));
      return read.then(() => 'they come with it', errorNameOf);
    },
  },
  {
    id: 's3-annotation-leaves-the-object',
    service: 'S3',
    open: 'whether an annotation changes the ETag or the date of its object',
    where: [S3],
    calls: 'HeadObject before and after PutObjectAnnotation',
    answers: ['neither', 'the ETag', 'the date'],
    assumed: 'neither',
    ask: async world => {
      const at = await put(world, 'annotated', {});
      const before = await world.here.s3.send(new HeadObjectCommand(at));
      await annotate(world, at.Key);
      const after = await world.here.s3.send(new HeadObjectCommand(at));
      if (before.ETag !== after.ETag) return 'the ETag';
      return before.LastModified?.getTime() === after.LastModified?.getTime() ? 'neither' : 'the date';
    },
  },
];

type Encryption = Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>;

interface At {
  readonly Bucket: string;
  readonly Key: string;
}

export async function put({ here, bucket }: Fixtures, Key: string, encryption: Encryption): Promise<At> {
  const at = { Bucket: bucket, Key };
  await here.s3.send(
    new PutObjectCommand({ ...at, Body: `the object ${Key}`, Metadata: { edk: 'old' }, ...encryption }),
  );
  return at;
}

export async function annotated(world: Fixtures, key: string): Promise<At> {
  const at = await put(world, key, {});
  await annotate(world, key);
  return at;
}

async function annotate({ here, bucket }: Fixtures, Key: string): Promise<void> {
  const note = { AnnotationName: 'note', AnnotationPayload: 'a note' };
  await here.s3.send(new PutObjectAnnotationCommand({ Bucket: bucket, Key, ...note }));
}

function copy({ here, bucket }: Fixtures, Key: string, more: Partial<CopyObjectCommandInput>) {
  return here.s3.send(
    new CopyObjectCommand({
      ...{ Bucket: bucket, Key, CopySource: `${bucket}/${Key}` },
      ...{ MetadataDirective: 'REPLACE', Metadata: { edk: 'new' } },
      ...more,
    }),
  );
}

async function endOfCopy(
  world: Fixtures,
  key: string,
  more: Partial<CopyObjectCommandInput>,
): Promise<string> {
  await put(world, key, {});
  return endOf(copy(world, key, more));
}

async function etagAfterCopy(world: Fixtures, key: string, encryption: Encryption): Promise<string> {
  const at = await put(world, key, encryption);
  const { ETag } = await world.here.s3.send(new HeadObjectCommand(at));
  const { CopyObjectResult } = await copy(world, key, {
    ...{ IfMatch: ETag, CopySourceIfMatch: ETag },
    ...encryption,
  });
  return CopyObjectResult?.ETag === ETag ? 'it stays' : 'it changes';
}
