import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** One entry of a listing. `lastModified`: milliseconds since 1970. */
export interface ListedObject {
  readonly key: string;
  readonly lastModified: number;
}

/** One page of a listing, in UTF-8 byte order. Keys travel URL-encoded: XML has no place for some characters. */
export async function listObjects(
  client: S3Client,
  query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
    readonly limit?: number;
  },
): Promise<{ readonly objects: readonly ListedObject[]; readonly truncated: boolean }> {
  const { bucket, prefix, startAfter, limit = 1000 } = query;
  let token: string | undefined;
  for (;;) {
    const output = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        EncodingType: 'url',
        ...(startAfter !== undefined && { StartAfter: startAfter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    const objects = (output.Contents ?? []).map(({ Key = '', LastModified }) => ({
      key: decodeURIComponent(Key.replaceAll('+', ' ')),
      lastModified: LastModified?.getTime() ?? 0,
    }));
    token = output.NextContinuationToken;
    // A page may be empty and yet not the last: whoever stopped there would take the rest for finished.
    if (objects.length > 0 || token === undefined) return { objects, truncated: token !== undefined };
  }
}
