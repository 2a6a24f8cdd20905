import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket } from './bucket.ts';
import { checkBypass, deleteObject } from './delete-object.ts';
import { isVersionId } from './object-versions.ts';
import { escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

/** API reference, DeleteObjects. */
const MOST_KEYS = 1_000;

export interface Named {
  readonly Key: string;
  readonly VersionId?: string;
  readonly ETag?: string;
}

/** Each key has an answer of its own: one that is locked, or denied to the caller, keeps none of the others. */
export function deleteObjects(
  { body, headers }: S3Request,
  bucket: Bucket,
  permit: (one: Named) => void,
): AwsResponse {
  checkBypass(headers, bucket);
  const request = parseXml(body)['Delete'] as
    { readonly Object?: readonly Named[]; readonly Quiet?: string } | undefined;
  const named = request?.Object ?? [];
  if (named.length === 0 || named.length > MOST_KEYS)
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  const quiet = request?.Quiet === 'true';
  return xmlResponse(
    `<DeleteResult>${named.map(one => answerFor(one, { bucket, headers, quiet, permit })).join('')}</DeleteResult>`,
  );
}

interface Asked {
  readonly bucket: Bucket;
  readonly headers: S3Request['headers'];
  readonly quiet: boolean;
  /** @throws AwsError where the caller may not delete it */
  readonly permit: (one: Named) => void;
}

function answerFor(one: Named, { bucket, headers, quiet, permit }: Asked): string {
  const { Key, VersionId, ETag } = one;
  const which = `${element('Key', Key)}${VersionId === undefined ? '' : element('VersionId', VersionId)}`;
  try {
    permit(one);
    if (VersionId !== undefined && !isVersionId(VersionId))
      throw new AwsError('NoSuchVersion', 'The specified version does not exist.');
    const done = deleteObject(
      { key: Key, versionId: VersionId ?? null, headers: { ...headers, 'if-match': ETag } },
      bucket,
    );
    const marker =
      done['x-amz-delete-marker'] === 'true'
        ? `<DeleteMarker>true</DeleteMarker>${element('DeleteMarkerVersionId', done['x-amz-version-id'] ?? '')}`
        : '';
    return quiet ? '' : `<Deleted>${which}${marker}</Deleted>`;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return `<Error>${which}${element('Code', error.code)}${element('Message', error.message)}</Error>`;
  }
}

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}
