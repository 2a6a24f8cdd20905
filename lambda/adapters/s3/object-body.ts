import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { objectKeyOf, type ObjectBody, type ObjectRecord } from '../../core/model/record.ts';
import { nameOf } from '../aws/errors.ts';

/**
 * Documents that hold data keys are small: what several people edit by hand has some KB. A worker has 512 MB, and a document
 * is held as bytes, as text and as what was read of it, some ten times its bytes, on two pages.
 */
const MOST_MEBIBYTES = 8;
const MOST_BYTES = MOST_MEBIBYTES * 1024 * 1024;

/** The body of an object, if the object is still the one that was looked at. */
export async function readBody(
  client: S3Client,
  { bucket, versionId }: { readonly bucket: string; readonly versionId?: string | undefined },
  record: ObjectRecord,
): Promise<ObjectBody> {
  const { size, etag } = record;
  if (size > MOST_BYTES)
    return { unread: { reason: `has more than ${MOST_MEBIBYTES} MiB, and is not read` } };
  const asked = { Bucket: bucket, Key: objectKeyOf(record), VersionId: versionId, IfMatch: etag };
  try {
    const { Body } = await client.send(new GetObjectCommand(asked));
    return { B: (await Body?.transformToByteArray()) ?? new Uint8Array() };
  } catch (error) {
    if (nameOf(error) === 'PreconditionFailed') return CHANGED_MEANWHILE;
    if (nameOf(error) !== 'InvalidObjectState') throw error;
    return { unread: { reason: 'is archived: restore the object, then run the job again', blocked: true } };
  }
}

/** What is known of a body that changes between two requests. */
export const CHANGED_MEANWHILE: ObjectBody = {
  unread: { reason: 'was changed by others each time before it was read', blocked: true },
};
