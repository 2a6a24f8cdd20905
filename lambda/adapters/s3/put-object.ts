import {
  PutObjectCommand,
  type ChecksumAlgorithm,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { WriteResult } from '../../core/ports.ts';
import { despiteConflicts } from '../aws/patience.ts';
import type { Carried, Checksum } from './carried.ts';
import { isAsRead } from './copy-in-parts.ts';
import { uploadInput, type PartsCopy } from './upload.ts';
import type { WriteCalls } from './write-calls.ts';

interface Put {
  readonly body: Uint8Array;
  readonly client: S3Client;
  readonly calls: WriteCalls;
}

/**
 * Puts an object with another body, and sends everything again that S3 would drop. `IfMatch` guards its bytes. Its metadata,
 * tags and lock are read immediately before, because S3 has no condition for them: what others change of these within
 * milliseconds, without changing the bytes, is overwritten.
 */
export async function putObject(asked: PartsCopy, { body, client, calls }: Put): Promise<WriteResult> {
  const { object, source } = asked;
  const checksum = await source.checksum(object);
  if (checksum.kind === 'ended') return checksum.result;
  const seen = await source.look(object.locator);
  if (seen.kind === 'ended') return seen.result;
  if (!isAsRead(seen.answer.object, object)) return { kind: 'precondition-failed' };
  if (seen.answer.annotated) return { kind: 'blocked', reason: ANNOTATED };
  const input = putInput(asked, { carried: seen.answer, checksum: checksum.answer });
  const step = await calls.ask('s3:PutObject', object.locator, () =>
    despiteConflicts(() => client.send(new PutObjectCommand({ ...input, Body: body }))),
  );
  return step.kind === 'ended' ? step.result : { kind: 'written' };
}

function putInput(
  { copy }: PartsCopy,
  { carried, checksum }: { readonly carried: Carried; readonly checksum: Checksum | undefined },
): PutObjectCommandInput {
  const {
    ChecksumType: _type,
    ChecksumAlgorithm: algorithm,
    ...attributes
  } = uploadInput(copy, {
    carried,
    checksum,
  });
  return {
    ...attributes,
    ...(copy.IfMatch !== undefined && { IfMatch: copy.IfMatch }),
    ...(copy.IfNoneMatch !== undefined && { IfNoneMatch: copy.IfNoneMatch }),
    ...(algorithm !== undefined && COMPUTED.includes(algorithm) && { ChecksumAlgorithm: algorithm }),
  };
}

const ANNOTATED =
  'has annotations, which S3 drops where the body is replaced: remove them, or re-wrap it by hand';

/** What the SDK computes without another package. Of the others, S3 computes CRC-64 by itself. */
const COMPUTED: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'SHA1', 'SHA256'];
