import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { JOURNAL_KINDS, type JournalKind } from '../../core/model/seal.ts';
import { journalNames } from './names.ts';

export interface JournalObject {
  readonly key: string;
  readonly body: Uint8Array;
}

interface ExportedRun {
  readonly job: string;
  readonly runId: string;
  /** @default both */
  readonly kinds?: readonly JournalKind[];
}

/** Every journal object of a run as stored, intents first; or those of one kind. */
export async function* journalObjects(
  client: S3Client,
  bucket: string,
  { job, runId, kinds = JOURNAL_KINDS }: ExportedRun,
): AsyncGenerator<JournalObject> {
  for (const kind of kinds) {
    for await (const key of journalNames(client, bucket, { prefix: `${kind}/job=${job}/run=${runId}/` })) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body !== undefined) yield { key, body: await Body.transformToByteArray() };
    }
  }
}
