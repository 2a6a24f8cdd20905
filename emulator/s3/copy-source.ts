export interface CopySource {
  readonly bucketName: string;
  readonly key: string;
  readonly versionId: string | null;
}

/** `BUCKET/KEY` or `BUCKET/KEY?versionId=ID`, with the key URL-encoded. */
export function copySourceOf(header: string): CopySource {
  const [path = '', query] = header.replace(/^\//, '').split('?');
  const [name = '', ...rest] = path.split('/');
  return {
    bucketName: decodeURIComponent(name),
    key: decodeURIComponent(rest.join('/')),
    versionId: new URLSearchParams(query ?? '').get('versionId'),
  };
}
