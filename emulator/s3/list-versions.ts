import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket, ObjectVersion } from './bucket.ts';
import { checksumKindXml } from './checksums.ts';
import { groupedPage } from './grouped-page.ts';
import { lowerBound } from './key-order.ts';
import { listed } from './listed-names.ts';
import { wantedBy } from './listing.ts';
import { orderOf } from './object-versions.ts';
import { escapeXml, xmlResponse, type S3Request } from './s3-request.ts';

/** ListObjectVersions, newest first within a key. */
export function listVersions({ query }: S3Request, bucket: Bucket, pageSize: number): AwsResponse {
  const keyMarker = query.get('key-marker') ?? '';
  const versionMarker = query.get('version-id-marker');
  if (versionMarker !== null && keyMarker === '')
    throw new AwsError('InvalidArgument', 'A version-id marker cannot be specified without a key marker.', {
      members: { ArgumentName: 'version-id-marker', ArgumentValue: versionMarker },
    });
  const { prefix, delimiter, maxKeys } = wantedBy(query, '', pageSize);
  const { name, element, optional } = listed(query);
  const all = after(bucket, { prefix, keyMarker, versionMarker });
  const { entries, prefixes, next } = groupedPage(all, {
    ...{ prefix, delimiter, most: maxKeys },
    after: keyMarker,
  });
  const marker =
    next === undefined
      ? ''
      : typeof next === 'string'
        ? element('NextKeyMarker', next)
        : `${element('NextKeyMarker', next.key)}<NextVersionIdMarker>${next.versionId}</NextVersionIdMarker>`;
  const markers = `${element('KeyMarker', keyMarker)}<VersionIdMarker>${escapeXml(versionMarker ?? '')}</VersionIdMarker>`;
  const common = prefixes.map(one => `<CommonPrefixes>${element('Prefix', one)}</CommonPrefixes>`);
  return xmlResponse(
    `<ListVersionsResult><Name>${bucket.name}</Name>${element('Prefix', prefix)}${markers}${marker}${optional('Delimiter', delimiter)}${optional('EncodingType', '')}<MaxKeys>${maxKeys}</MaxKeys><IsTruncated>${next !== undefined}</IsTruncated>${entries.map(version => versionXml(version, bucket, name)).join('')}${common.join('')}</ListVersionsResult>`,
  );
}

interface Markers {
  readonly prefix: string;
  readonly keyMarker: string;
  readonly versionMarker: string | null;
}

function after(bucket: Bucket, { prefix, keyMarker, versionMarker }: Markers): readonly ObjectVersion[] {
  const { keys } = bucket.objects;
  const begin = lowerBound(keys, keyMarker, versionMarker === null && keyMarker !== '');
  return keys
    .slice(Math.max(lowerBound(keys, prefix), begin))
    .filter(key => key.startsWith(prefix))
    .flatMap(key => {
      const versions = bucket.objects.versionsOf(key);
      return (
        key === keyMarker && versionMarker !== null ? olderThan(versionMarker, versions) : versions
      ).toReversed();
    });
}

/** The version itself may have been deleted since it ended a page. */
function olderThan(versionId: string, versions: readonly ObjectVersion[]): readonly ObjectVersion[] {
  const index = versions.findIndex(version => version.versionId === versionId);
  if (index !== -1) return versions.slice(0, index);
  return versions.filter(version => orderOf(version.versionId) < orderOf(versionId));
}

function versionXml(version: ObjectVersion, bucket: Bucket, name: (key: string) => string): string {
  const { key, versionId, deleteMarker, lastModified, etag, body, storageClass, checksum } = version;
  const latest = bucket.objects.newest(key)?.versionId === versionId;
  const common = `<Key>${name(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${new Date(lastModified).toISOString()}</LastModified><Owner><ID>${bucket.accountId}</ID></Owner>`;
  if (deleteMarker) return `<DeleteMarker>${common}</DeleteMarker>`;
  return `<Version>${common}<ETag>${escapeXml(etag)}</ETag>${checksumKindXml(checksum)}<Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass></Version>`;
}
