import { GetObjectAnnotationCommand, ListObjectAnnotationsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Needs, SampledAnnotations } from '../../core/model/format.ts';
import type { ObjectRecord } from '../../core/model/record.ts';
import { isDenied, nameOf } from '../aws/errors.ts';

interface Version {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

type Annotations = Pick<ObjectRecord, 'annotations' | 'annotationsUnread'>;

/** The annotations of an object that a format names, or those that a sample looks at. */
export function readAnnotations(
  client: S3Client,
  of: Version,
  wanted: NonNullable<Needs['annotations']>,
): Promise<Annotations> {
  return 'most' in wanted ? sampled(client, of, wanted) : named(client, of, wanted);
}

async function named(client: S3Client, of: Version, names: readonly string[]): Promise<Annotations> {
  const texts = await Promise.all(names.map(name => textOf(client, of, name)));
  const there = names.flatMap((name, index) => {
    const text = texts[index];
    return text === undefined ? [] : [[name, text] as const];
  });
  return { annotations: Object.fromEntries(there) };
}

/** One page of their names, and those of them that are small enough. Whoever may not see them learns that they were not read. */
async function sampled(
  client: S3Client,
  of: Version,
  { most, mostBytes }: SampledAnnotations,
): Promise<Annotations> {
  try {
    const { Annotations = [], NextContinuationToken } = await client.send(
      new ListObjectAnnotationsCommand({ ...objectOf(of), MaxAnnotationResults: most }),
    );
    const small = Annotations.filter(({ Size = 0 }) => Size <= mostBytes);
    const { annotations } = await named(
      client,
      of,
      small.flatMap(({ AnnotationName }) => AnnotationName ?? []),
    );
    const isAll = small.length === Annotations.length && NextContinuationToken === undefined;
    return { ...(annotations !== undefined && { annotations }), ...(!isAll && UNREAD) };
  } catch (error) {
    if (isNowhere(error)) return {};
    if (isDenied(error)) return UNREAD;
    throw error;
  }
}

const UNREAD = { annotationsUnread: true } as const;

async function textOf(client: S3Client, of: Version, name: string): Promise<string | undefined> {
  try {
    const { AnnotationPayload } = await client.send(
      new GetObjectAnnotationCommand({ ...objectOf(of), AnnotationName: name }),
    );
    return await AnnotationPayload?.transformToString();
  } catch (error) {
    if (nameOf(error) === 'NoSuchAnnotation' || isNowhere(error)) return undefined;
    throw error;
  }
}

/** Where S3 has no annotations, no object has any. */
function isNowhere(error: unknown): boolean {
  return nameOf(error) === 'NotImplemented';
}

function objectOf({ bucket, key, versionId }: Version) {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}
