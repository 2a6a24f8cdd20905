import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

export interface JournalObject {
  readonly key: string;
  readonly body: Uint8Array;
}

/** Every journal object of a run, intents first, as they lie in the bucket. */
export async function* journalObjects(
  client: S3Client,
  bucket: string,
  { job, runId }: { readonly job: string; readonly runId: string },
): AsyncGenerator<JournalObject> {
  for (const kind of ['intents', 'outcomes'] as const) {
    let token: string | undefined;
    do {
      const prefix = `${kind}/job=${job}/run=${runId}/`;
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
      for (const { Key } of page.Contents ?? []) {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
        if (Key !== undefined && Body !== undefined)
          yield { key: Key, body: await Body.transformToByteArray() };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
}
