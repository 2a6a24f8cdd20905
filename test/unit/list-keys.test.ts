import type { ListObjectsV2CommandInput, S3Client } from '@aws-sdk/client-s3';
import { listObjects } from '../../lambda/adapters/s3/list-objects.ts';

/** A client that answers with the given pages, one after another, and records the requests. */
function scripted(pages: readonly object[]): {
  readonly client: S3Client;
  readonly asked: ListObjectsV2CommandInput[];
} {
  const asked: ListObjectsV2CommandInput[] = [];
  const send = ({ input }: { readonly input: ListObjectsV2CommandInput }) => {
    asked.push(input);
    return Promise.resolve(pages[asked.length - 1] ?? {});
  };
  return { client: { send } as unknown as S3Client, asked };
}

const QUERY = { bucket: 'b', prefix: 'p/' };

describe('listing keys', () => {
  it('continues after an empty page that is not the last', async () => {
    const { client, asked } = scripted([
      { IsTruncated: true, NextContinuationToken: 't' },
      { Contents: [{ Key: 'p/a+b%2B', Size: 7, ETag: '"e"' }], IsTruncated: false },
    ]);
    expect(await listObjects(client, { ...QUERY, startAfter: 'p/' })).toEqual({
      objects: [{ key: 'p/a b+', lastModified: 0, size: 7, etag: '"e"' }],
      folders: [],
      truncated: false,
    });
    expect(asked.map(({ ContinuationToken }) => ContinuationToken)).toEqual([undefined, 't']);
  });

  it('shows folders if a delimiter is given, even on a page without keys', async () => {
    const { client, asked } = scripted([
      { CommonPrefixes: [{ Prefix: 'p/a+b/' }], IsTruncated: true, NextContinuationToken: 't' },
    ]);
    expect(await listObjects(client, { ...QUERY, delimiter: '/' })).toEqual({
      objects: [],
      folders: ['p/a b/'],
      truncated: true,
    });
    expect(asked.map(({ Delimiter }) => Delimiter)).toEqual(['/']);
  });

  it('stops at the first page with keys, and says that there are more', async () => {
    const { client, asked } = scripted([
      { Contents: [{ Key: 'p/a', Size: 7, ETag: '"e"' }], IsTruncated: true, NextContinuationToken: 't' },
    ]);
    expect(await listObjects(client, QUERY)).toEqual({
      objects: [{ key: 'p/a', lastModified: 0, size: 7, etag: '"e"' }],
      folders: [],
      truncated: true,
    });
    expect(asked).toHaveLength(1);
  });
});
