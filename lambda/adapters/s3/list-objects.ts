import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** One entry of a listing. `lastModified`: milliseconds since 1970. */
export interface ListedObject {
  readonly key: string;
  readonly lastModified: number;
  readonly size: number;
  readonly etag: string;
}

export interface Listing {
  readonly objects: readonly ListedObject[];
  /** Only if the request has a delimiter. */
  readonly folders: readonly string[];
  readonly truncated: boolean;
}

/** One page of a listing, in UTF-8 byte order. Keys are URL-encoded, because XML cannot hold some characters. */
export async function listObjects(
  client: S3Client,
  query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly startAfter?: string;
    readonly limit?: number;
    /** Keys that share a prefix up to it are shown as one folder. */
    readonly delimiter?: string;
  },
): Promise<Listing> {
  const { bucket, prefix, startAfter, delimiter, limit = 1000 } = query;
  let token: string | undefined;
  for (;;) {
    const output = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        MaxKeys: limit,
        EncodingType: 'url',
        ...(delimiter !== undefined && { Delimiter: delimiter }),
        ...(startAfter !== undefined && { StartAfter: startAfter }),
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    const objects = (output.Contents ?? []).map(({ Key = '', LastModified, Size = 0, ETag = '' }) => ({
      key: decodedName(Key),
      lastModified: LastModified?.getTime() ?? 0,
      size: Size,
      etag: ETag,
    }));
    const folders = (output.CommonPrefixes ?? []).map(({ Prefix = '' }) => decodedName(Prefix));
    token = output.NextContinuationToken;
    // An empty page is not always the last one. Stopping there would pass the rest off as finished.
    if (objects.length + folders.length > 0 || token === undefined)
      return { objects, folders, truncated: token !== undefined };
  }
}

/** A key in a listing with `encoding-type=url`. */
export function decodedName(name: string): string {
  return decodeURIComponent(name.replaceAll('+', ' '));
}
