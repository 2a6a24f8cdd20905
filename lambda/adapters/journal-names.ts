import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';

/** Names of the journal objects under a prefix, over as many pages as the listing has. */
export async function* journalNames(
  client: S3Client,
  bucket: string,
  prefix: string,
): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const listing = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      }),
    );
    for (const { Key } of listing.Contents ?? []) if (Key !== undefined) yield Key;
    token = listing.NextContinuationToken;
  } while (token !== undefined);
}
