import { ListObjectVersionsCommand, type ObjectVersion, type S3Client } from '@aws-sdk/client-s3';
import { decodedName } from './list-objects.ts';

/** One version of an object. Delete markers are none: nothing is in them, and they are counted apart. */
export interface ListedVersion {
  readonly key: string;
  readonly versionId: string;
  /** It is what S3 shows where no version is named. */
  readonly current: boolean;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** After a key, or after one version of it. */
export interface VersionMarker {
  readonly key: string;
  readonly versionId?: string;
}

export interface VersionListing {
  readonly versions: readonly ListedVersion[];
  readonly deleteMarkers: number;
  readonly truncated: boolean;
  /** Where the next page starts; absent at the end. */
  readonly next?: VersionMarker;
}

/** One page of all versions, in UTF-8 byte order of the keys, the newest version of each first. */
export async function listVersions(
  client: S3Client,
  query: {
    readonly bucket: string;
    readonly prefix: string;
    readonly after?: VersionMarker;
    readonly limit: number;
  },
): Promise<VersionListing> {
  const { bucket, prefix, after, limit } = query;
  const output = await client.send(
    new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: limit,
      EncodingType: 'url',
      ...(after !== undefined && { KeyMarker: after.key }),
      ...(after?.versionId !== undefined && { VersionIdMarker: after.versionId }),
    }),
  );
  const versions = (output.Versions ?? []).map(listed);
  const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = output;
  const page = {
    versions,
    deleteMarkers: output.DeleteMarkers?.length ?? 0,
    truncated: IsTruncated === true,
  };
  if (!page.truncated || NextKeyMarker === undefined) return page;
  const next = {
    key: decodedName(NextKeyMarker),
    ...(NextVersionIdMarker !== undefined && { versionId: NextVersionIdMarker }),
  };
  return { ...page, next };
}

function listed({ Key = '', VersionId = 'null', IsLatest, LastModified }: ObjectVersion): ListedVersion {
  return {
    key: decodedName(Key),
    versionId: VersionId,
    current: IsLatest === true,
    lastModified: LastModified?.getTime() ?? 0,
  };
}

/** A marker as the cursor of a page. */
export function encodeMarker(marker: VersionMarker): string {
  return JSON.stringify(marker);
}

export function decodeMarker(cursor: string): VersionMarker {
  return JSON.parse(cursor) as VersionMarker;
}
