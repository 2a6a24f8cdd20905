import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { journalNames } from './names.ts';

export interface JournalObject {
  readonly key: string;
  readonly body: Uint8Array;
}

/** Every journal object of a run as stored, intents first. */
export async function* journalObjects(
  client: S3Client,
  bucket: string,
  { job, runId }: { readonly job: string; readonly runId: string },
): AsyncGenerator<JournalObject> {
  for (const kind of ['intents', 'outcomes'] as const) {
    for await (const key of journalNames(client, bucket, { prefix: `${kind}/job=${job}/run=${runId}/` })) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body !== undefined) yield { key, body: await Body.transformToByteArray() };
    }
  }
}
