import { AwsError } from '../protocol/aws-error.ts';
import type { AwsResponse } from '../protocol/request.ts';
import type { Bucket } from './bucket.ts';
import { deleteObject } from './delete-object.ts';
import { escapeXml, parseXml, xmlResponse, type S3Request } from './s3-request.ts';

/** API reference, DeleteObjects. */
const MOST_KEYS = 1_000;

interface Named {
  readonly Key: string;
  readonly VersionId?: string;
}

/** Each key has an answer of its own: one that is locked keeps none of the others. */
export function deleteObjects({ body, headers }: S3Request, bucket: Bucket): AwsResponse {
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
    `<DeleteResult>${named.map(one => answerFor(one, { bucket, headers, quiet })).join('')}</DeleteResult>`,
  );
}

interface Asked {
  readonly bucket: Bucket;
  readonly headers: S3Request['headers'];
  readonly quiet: boolean;
}

function answerFor({ Key, VersionId }: Named, { bucket, headers, quiet }: Asked): string {
  const which = `${element('Key', Key)}${VersionId === undefined ? '' : element('VersionId', VersionId)}`;
  try {
    const done = deleteObject({ key: Key, versionId: VersionId ?? null, headers }, bucket);
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
