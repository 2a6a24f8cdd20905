import {
  CopyObjectCommand,
  HeadObjectCommand,
  ListObjectAnnotationsCommand,
  UpdateObjectEncryptionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { endOf, errorNameOf } from '../waiting.ts';
import type { Fixtures } from './fixtures.ts';
import type { Question } from './question.ts';
import { annotated, put } from './s3-copies.ts';

const S3 = 'emulator/s3/behaviour.md';

/** Each may be needed to give an object another key; the answer names those that are, in this order. */
const FOR_ANOTHER_KEY = [
  's3:UpdateObjectEncryption',
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

export const S3_PERMISSIONS: readonly Question[] = [
  {
    id: 's3-update-encryption-needs',
    service: 'S3',
    open: 'which permissions UpdateObjectEncryption needs from one key of KMS to another',
    where: [S3],
    calls: `UpdateObjectEncryption with a denial of each of ${FOR_ANOTHER_KEY.join(', ')}`,
    answers: [FOR_ANOTHER_KEY.join(', '), FOR_ANOTHER_KEY.slice(0, 4).join(', ')],
    assumed: FOR_ANOTHER_KEY.join(', '),
    ask: neededForAnotherKey,
  },
  {
    id: 's3-head-without-permission',
    service: 'S3',
    open: 'whether the answer to a HEAD that is denied names an error',
    where: ['docs/proof.md'],
    calls: 'HeadObject with a denial of s3:GetObject',
    answers: ['no name: 403', 'AccessDenied'],
    assumed: 'no name: 403',
    ask: async world => {
      const at = await put(world, 'not-shown', {});
      return world.denied([{ Action: ['s3:GetObject'] }], ({ here }) => endOfHead(here.s3, at));
    },
  },
  {
    id: 's3-list-annotations-needs',
    service: 'S3',
    open: 'which permission ListObjectAnnotations needs',
    where: [S3],
    calls: 'ListObjectAnnotations with a denial of s3:ListObjectAnnotations, and of s3:GetObjectAnnotation',
    answers: ['s3:ListObjectAnnotations', 's3:GetObjectAnnotation', 'both', 'neither'],
    assumed: 's3:ListObjectAnnotations',
    ask: async world => {
      const at = await annotated(world, 'listed');
      const [list, get] = await neededOf(world, ['s3:ListObjectAnnotations', 's3:GetObjectAnnotation'], s3 =>
        s3.send(new ListObjectAnnotationsCommand(at)),
      );
      if (list === true && get === true) return 'both';
      if (list === true) return 's3:ListObjectAnnotations';
      return get === true ? 's3:GetObjectAnnotation' : 'neither';
    },
  },
  {
    id: 's3-copy-of-annotations-needs',
    service: 'S3',
    open: 'whether a copy fails that may not take the annotations of its source along',
    where: [S3],
    calls:
      'CopyObject of an annotated object with a denial of s3:GetObjectAnnotation and s3:PutObjectAnnotation',
    answers: ['AccessDenied', 'accepted'],
    assumed: 'AccessDenied',
    ask: async world => {
      const { Bucket, Key } = await annotated(world, 'copied-without-leave');
      const copy = { Bucket, Key: `${Key}-copy`, CopySource: `${Bucket}/${Key}` };
      return world.denied([{ Action: ['s3:GetObjectAnnotation', 's3:PutObjectAnnotation'] }], ({ here }) =>
        endOf(here.s3.send(new CopyObjectCommand(copy))),
      );
    },
  },
];

/** An answer without a body has no name of its error; the SDK then has none, or makes one of the status. */
async function endOfHead(
  s3: S3Client,
  at: { readonly Bucket: string; readonly Key: string },
): Promise<string> {
  try {
    await s3.send(new HeadObjectCommand(at));
    return 'accepted';
  } catch (error) {
    const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
    const name = errorNameOf(error);
    return name === 'AccessDenied' ? name : `no name: ${$metadata?.httpStatusCode}`;
  }
}

/** Whether a call is denied without each of some actions. */
async function neededOf(
  world: Fixtures,
  actions: readonly string[],
  call: (s3: S3Client) => Promise<unknown>,
): Promise<readonly boolean[]> {
  const needed: boolean[] = [];
  for (const action of actions) {
    const end = await world.denied([{ Action: [action] }], ({ here }) => endOf(call(here.s3)));
    needed.push(end === 'AccessDenied');
  }
  return needed;
}

async function neededForAnotherKey(world: Fixtures): Promise<string> {
  const at = await put(world, 'another-key', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: world.first });
  const to = { ObjectEncryption: { SSEKMS: { KMSKeyArn: world.second } } };
  const needed = await neededOf(world, FOR_ANOTHER_KEY, s3 =>
    s3.send(new UpdateObjectEncryptionCommand({ ...at, ...to })),
  );
  // Without the last denial that matters, it has to work: otherwise something else is missing.
  const all = await world.denied([], ({ here }) =>
    endOf(here.s3.send(new UpdateObjectEncryptionCommand({ ...at, ...to }))),
  );
  if (all !== 'accepted') return `${all} with all of them`;
  return FOR_ANOTHER_KEY.filter((_, index) => needed[index] === true).join(', ');
}
