import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { nameOf } from '../aws/errors.ts';

/**
 * A page has up to 4,096 data keys, with intents of some 5 MB, or records of some 20 MB whose places an intent holds before
 * the change. More than this is not a page that we wrote, and would not fit into the memory of a worker.
 */
const MOST_BYTES = 128 * 1024 ** 2;

export interface Damaged {
  readonly kind: 'damaged';
  readonly reason: string;
}

/** The text of a journal object. The SDK compares what arrives with the checksum that S3 keeps. */
export async function readJournalObject(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
): Promise<string | Damaged> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ ...object, ChecksumMode: 'ENABLED' }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch (error) {
    const reason = damage(error);
    if (reason === undefined) throw error;
    return { kind: 'damaged', reason };
  }
}

/** What is wrong with the object itself; `undefined` for trouble on the way. */
function damage(error: unknown): string | undefined {
  if (nameOf(error) === 'NoSuchKey') return 'is gone';
  const { code, message = '' } = error as { readonly code?: string; readonly message?: string };
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'is larger than any page';
  if (code?.startsWith('Z_') === true) return 'is truncated or altered: it cannot be decompressed';
  // The SDK has no name for this error.
  return message.startsWith('Checksum mismatch') ? 'is altered: it does not match its checksum' : undefined;
}
